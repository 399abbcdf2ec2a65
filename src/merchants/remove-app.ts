import type { App } from './app.ts';
import type { Stays } from './app-ports.ts';
import { type Administrator, type ManageAppsNeeds, noteOf } from './manage-apps.ts';

export type RemoveAppOutcome =
  | { readonly kind: 'removed'; readonly app: App }
  | { readonly kind: 'app_not_found' }
  | { readonly kind: 'app_stays'; readonly why: Stays };

/**
 * Gives an app's id free, and its seller's when no other app collects for it: for one that was added by mistake, or for somebody
 * else's. One that has been used stays, because its orders' refunds, notifications and proofs need it: it is suspended instead.
 */
export async function removeApp(
  needs: Pick<ManageAppsNeeds, 'apps' | 'changed' | 'clock' | 'environmentAppId' | 'newId'>,
  by: Administrator,
  appId: string,
): Promise<RemoveAppOutcome> {
  const app = await needs.apps.find(by.merchantId, appId);
  if (app === undefined) return { kind: 'app_not_found' };
  if (appId === needs.environmentAppId) return { kind: 'app_stays', why: 'environment' };
  const why = await needs.apps.remove(app, noteOf(needs, by, needs.clock.now()));
  if (why !== 'removed') return { kind: 'app_stays', why };
  await needs.changed();
  return { kind: 'removed', app };
}
