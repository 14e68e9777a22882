"""The codemod `sql-fstring` and its parts."""
