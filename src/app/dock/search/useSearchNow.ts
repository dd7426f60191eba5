// The search as it stands, for components: recomputed only when something that it rests on changes.
import { useMemo } from 'react';
import { useSearch } from '../../../store/search.ts';
import { type Search, searchNow } from '../../../store/searchPlans.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';

export function useSearchNow(): Search | null {
  const model = useSession(selectModel);
  const state = useSearch();
  return useMemo(() => (model ? searchNow(model.config, state) : null), [model, state]);
}
