import type { App } from './app.ts';
import type { AppBook } from './app-ports.ts';

export interface DirectoryNeeds {
  readonly book: Pick<AppBook, 'changedSince' | 'read'>;
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
  /** When the book was asked last. */
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

  /** An app is read once a change; that one was removed is seen by their number, and which one by the list of all. */
  async #read(since = this.#since): Promise<void> {
    const { book } = this.#needs;
    const { at, changed, count, suspendedMerchants } = await book.changedSince(since);
    this.#suspended = new Set(suspendedMerchants);
    const news = changed.filter(({ appId, revision }) => this.#apps.get(appId)?.revision !== revision);
    const read = news.length === 0 ? [] : await book.read(news.map(({ appId }) => appId));
    for (const app of read) this.#apps.set(app.appId, app);
    const isAll = since === null;
    const removed = isAll ? this.#forgetAllBut(changed) : 0;
    this.#since = at;
    if (read.length + removed > 0) this.#byMerchant = this.#sorted();
    if (!isAll && this.#apps.size !== count) await this.#read(null);
  }

  /** How many were forgotten. */
  #forgetAllBut(listed: readonly Pick<App, 'appId'>[]): number {
    const there = new Set(listed.map(({ appId }) => appId));
    const removed = [...this.#apps.keys()].filter((appId) => !there.has(appId));
    for (const appId of removed) this.#apps.delete(appId);
    return removed.length;
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
