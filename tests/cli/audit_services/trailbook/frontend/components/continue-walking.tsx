import { useQuery } from "@tanstack/react-query";

import { api } from "../lib/api";
import type { Progress, Trail } from "../lib/types";

export function ContinueWalking() {
  const { data } = useQuery({
    queryKey: ["progress"],
    queryFn: async (): Promise<Trail[]> => {
      const rows = await api.get<Progress[]>("/progress");
      return Promise.all(
        rows.map((row) => api.get<Trail>(`/trails/${row.trail_id}`)),
      );
    },
  });
  return <ul>{(data ?? []).map((trail) => <li key={trail.id}>{trail.title}</li>)}</ul>;
}
