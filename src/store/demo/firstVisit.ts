// Whether this is a first visit, which opens with the demo. Small, so that later visits load no more of it.
import { planFromFragment } from '../../plan/url.ts';
import type { Desk } from '../autosave.ts';
import { wasTourShown } from '../tour.ts';
import { wasDemoShown } from './demo.ts';

/** Nothing stored and no plan in the address. Ask before the document is opened, which may store it. */
export function isFirstVisit(desk: Desk): boolean {
  const hasStored = desk.storage.getItem('scion.plan') !== null || wasTourShown() || wasDemoShown();
  return !hasStored && !hasPlan(desk.fragment());
}

function hasPlan(fragment: string): boolean {
  try {
    return planFromFragment(fragment) !== undefined;
  } catch {
    return true; // A damaged link is somebody's plan, too.
  }
}
