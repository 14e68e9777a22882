"""The first tables.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "maintenance_events",
        sa.Column("id", sa.String(length=36), primary_key=True),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("technician_id", sa.String(length=36)),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("ward", sa.String(length=40)),
        sa.Column("order_number", sa.String(length=40)),
        sa.Column("reading", sa.Float()),
        sa.Column("notes", sa.TEXT()),
        sa.Column("details", sa.TEXT()),
        sa.Column("created_at", sa.DateTime(), server_default=sa.text("CURRENT_TIMESTAMP")),
        sa.Column("updated_at", sa.DateTime(), server_default=sa.text("CURRENT_TIMESTAMP")),
    )
    for column in ("device_id", "technician_id", "kind", "outcome", "ward", "order_number"):
        op.create_index(f"ix_maintenance_events_{column}", "maintenance_events", [column])


def downgrade() -> None:
    op.drop_table("maintenance_events")
