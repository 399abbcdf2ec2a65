import type { App } from './app.ts';
import type { AppBook } from './app-ports.ts';

export interface DirectoryNeeds {
  readonly book: Pick<AppBook, 'changedSince'>;
  /** Of the app that the environment brings keys for. */
  readonly environmentAppId: string;
}

type Place = Pick<App, 'merchantId' | 'accountId'>;

/**
 * Every app and every suspended merchant of the installation, in memory: what anybody's message or request may ask for
 * without asking the database. It is as old as the last {@link refresh}.
 */
export class AppDirectory {
  readonly #needs: DirectoryNeeds;
  readonly #apps = new Map<string, App>();
  #byMerchant = new Map<string, readonly App[]>();
  #suspended: ReadonlySet<string> = new Set();
  #since: string | null = null;
  #refreshing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(needs: DirectoryNeeds) {
    this.#needs = needs;
  }

  /** Learns of everything that was committed before this was called. Callers at the same time share two questions at most. */
  async refresh(): Promise<void> {
    if (this.#refreshing === undefined) return this.#ask();
    // What is asked already may have been read before the caller's change was written.
    this.#next ??= this.#refreshing.catch(() => {}).then(() => this.#ask());
    return this.#next;
  }

  /** The app by Alipay's id. */
  find(appId: string): App | undefined {
    return this.#apps.get(appId);
  }

  isSuspended(merchantId: string): boolean {
    return this.#suspended.has(merchantId);
  }

  /** The app that makes the merchant's new orders: the newest that is not suspended. */
  sellingApp(merchantId: string): App | undefined {
    return this.#byMerchant.get(merchantId)?.find(isActive);
  }

  /** The app through which an account's orders are looked after: its newest, an active one first. */
  appOfAccount({ merchantId, accountId }: Place): App | undefined {
    const apps = this.#byMerchant.get(merchantId)?.filter((app) => app.accountId === accountId) ?? [];
    return apps.find(isActive) ?? apps[0];
  }

  /** The seller behind an account, also of an app that can't be used any more; null: not known. */
  sellerOfAccount({ merchantId, accountId }: Place): string | null {
    for (const app of this.#apps.values())
      if (app.merchantId === merchantId && app.accountId === accountId && app.sellerId !== null) return app.sellerId;
    return null;
  }

  #ask(): Promise<void> {
    this.#next = undefined;
    const asked = this.#read().finally(() => {
      if (this.#refreshing === asked) this.#refreshing = undefined;
    });
    this.#refreshing = asked;
    return asked;
  }

  async #read(): Promise<void> {
    const { apps, suspendedMerchants } = await this.#needs.book.changedSince(this.#since);
    this.#suspended = new Set(suspendedMerchants);
    const news = apps.filter((app) => this.#apps.get(app.appId)?.revision !== app.revision);
    for (const app of news) this.#apps.set(app.appId, app);
    this.#since = apps.reduce<string | null>(
      (last, { revision }) => (last === null || revision > last ? revision : last),
      this.#since,
    );
    if (news.length > 0) this.#byMerchant = this.#sorted();
  }

  /** Of each merchant those that can be used, the newest first. */
  #sorted(): Map<string, readonly App[]> {
    const { environmentAppId } = this.#needs;
    const usable = [...this.#apps.values()].filter(({ keys, appId }) => keys !== null || appId === environmentAppId);
    return Map.groupBy(usable.sort(newestFirst), ({ merchantId }) => merchantId);
  }
}

function isActive({ suspendedAt }: App): boolean {
  return suspendedAt === null;
}

/** The environment's has no time: it was there before all others. */
function newestFirst(one: App, other: App): number {
  const byTime = (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0);
  return byTime === 0 ? (one.appId < other.appId ? -1 : 1) : byTime;
}
