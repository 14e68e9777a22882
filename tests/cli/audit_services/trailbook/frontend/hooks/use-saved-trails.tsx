import { useQuery } from "@tanstack/react-query";

import { api } from "../lib/api";
import type { SavedTrail, Trail } from "../lib/types";

export function useSavedTrails() {
  return useQuery({
    queryKey: ["saved"],
    queryFn: async (): Promise<Trail[]> => {
      const saved = await api.get<SavedTrail[]>("/saved");
      return Promise.all(
        saved.map((row) => api.get<Trail>(`/trails/${row.trail_id}`)),
      );
    },
  });
}
