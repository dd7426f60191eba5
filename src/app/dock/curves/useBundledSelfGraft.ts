// The bundled self-graft record where the bundled base is open: of any other model it says nothing.
import { useEffect } from 'react';
import { bundledBase } from '../../../store/documentStore.ts';
import { loadSelfGraft, useSelfGraft } from '../../../store/selfGraft/selfGraft.ts';
import type { SelfGraft } from '../../../store/selfGraft/selfGraftFile.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';

export function useBundledSelfGraft(): SelfGraft | null {
  const fits = useSession((state) => selectModel(state)?.id === bundledBase);
  const record = useSelfGraft((state) => state.record);
  useEffect(() => {
    if (fits) void loadSelfGraft();
  }, [fits]);
  return fits ? record : null;
}
