import type { Stays } from '../merchants/app-ports.ts';
import { removeApp } from '../merchants/remove-app.ts';
import { administratorOf, NO_APP, WHERE } from './apps.ts';
import { type Command, onlyWord, UsageError } from './command.ts';
import { type RegisterNeeds, registered } from './registered.ts';

/** `kassa apps remove` */
export function appsRemove(needs: RegisterNeeds): Command {
  return {
    name: 'apps remove',
    takes: 'APP_ID',
    summary: 'give free the ids of an app that was never used',
    help: `For an app that was added by mistake, or that names an app id or a seller id which is somebody else's: its app id, and its
seller id when no other app has it, may be added again, by any merchant or as ALI_APP_ID and ALI_SELLER_ID. Its keys are gone.

It has to be suspended first, for ten seconds, so that no gateway sells through it meanwhile:

  npx kassa apps suspend APP_ID
  npx kassa apps remove APP_ID

An app that has been used stays, because refunds, notifications and proofs of its orders need it: once there is an order of
its seller, or money that no order of its merchant's fits waits in a case. It is suspended instead, and makes no new orders. An app whose
keys are in ALI_* stays too.

${WHERE}`,
    options: {},
    async run(asked, { say }) {
      const appId = onlyWord(asked, 'app id');
      const outcome = await registered(needs, async (register) =>
        removeApp(register.apps, await administratorOf(register, appId), appId),
      );
      if (outcome.kind === 'app_not_found') throw new UsageError(NO_APP);
      if (outcome.kind === 'app_stays') throw new UsageError(`The app ${appId} stays: ${reason(outcome.why, appId)}`);
      const { merchantId, sellerId } = outcome.app;
      say(`Removed ${appId}, which ${needs.nameOf('mer', merchantId)} had for seller ${sellerId ?? 'any'}.`);
      return 0;
    },
  };
}

function reason(why: Stays, appId: string): string {
  switch (why) {
    case 'environment':
      return 'its keys are in ALI_*, or were.';
    case 'orders':
      return `orders have been made for its seller. Suspended, it makes no new ones: kassa apps suspend ${appId}`;
    case 'money':
      return `money that no order of its merchant's fits waits in a case. Suspended, it makes no new orders: kassa apps suspend ${appId}`;
    case 'active':
      return `it is not suspended. First: kassa apps suspend ${appId}`;
    case 'just_changed':
      return 'it was changed a moment ago, and a gateway may not know that yet. Ask again in ten seconds.';
  }
}
