import { ASKS_FOR_NOTHING, type ConfirmationPolicy, policyJson } from '../../src/merchants/confirmation-policy.ts';
import type { AuditNote, Operations, Totps } from '../../src/merchants/ports.ts';
import type { SecondPersonNeeds } from '../../src/merchants/second-person.ts';
import type { TotpNeeds } from '../../src/merchants/totp.ts';
import type { Operation } from '../../src/orders/operation.ts';
import { newId, standingClock } from './orders.ts';

type Kept = Operation & { readonly digest: string };

/** Policies, operations of settings and one-time codes in memory. The code of every step is its own number. */
export function memoryConfirmations(clock = standingClock()) {
  const policies = new Map<string, ConfirmationPolicy>();
  const operations: Kept[] = [];
  const notes: (AuditNote & { readonly action: string })[] = [];
  const read = async (merchantId: string) => policies.get(merchantId) ?? ASKS_FOR_NOTHING;
  const isOpen = ({ state, expiresAt }: Kept) =>
    (state === 'WAITING' || state === 'APPROVED') && expiresAt > clock.now();
  const change = (place: number, to: Partial<Operation>): Operation | undefined => {
    const one = operations[place];
    if (one === undefined) return undefined;
    const changed = { ...one, ...to };
    operations[place] = changed;
    return changed;
  };
  const needs: SecondPersonNeeds & TotpNeeds = {
    policies: {
      known: read,
      read,
      async put(merchantId, { before, after }, note) {
        if (JSON.stringify(policyJson(before)) !== JSON.stringify(policyJson(await read(merchantId)))) return false;
        policies.set(merchantId, after);
        notes.push({ ...note, action: 'policy' });
        return true;
      },
    },
    operations: memoryOperations({ operations, notes, isOpen, change }),
    totps: memoryTotps(),
    secrets: { seal: (secret) => secret, open: (sealed) => sealed },
    newTotpSecret: () => 'SECRET',
    totpStep: (_, code, now) => (code === String(Math.floor(now.getTime() / 30_000)) ? Number(code) : undefined),
    clock,
    newId,
  };
  return { needs, policies, operations, notes, clock };
}

interface Memory {
  readonly operations: Kept[];
  readonly notes: (AuditNote & { readonly action: string })[];
  isOpen(one: Kept): boolean;
  change(place: number, to: Partial<Operation>): Operation | undefined;
}

function memoryOperations({ operations, notes, isOpen, change }: Memory): Operations {
  return {
    find: async (merchantId, id) => operations.find((one) => one.merchantId === merchantId && one.id === id),
    page: async (merchantId, { first, kinds }) => {
      const waiting = operations.filter((one) => one.merchantId === merchantId && one.state === 'WAITING');
      const mine = waiting.filter(({ kind }) => kinds.includes(kind)).reverse();
      return { operations: mine.slice(0, first), hasNextPage: mine.length > first };
    },
    async ask(operation, digest, note) {
      const open = operations.find((one) => isOpen(one) && one.askedBy === operation.askedBy && one.digest === digest);
      if (open === undefined) operations.push({ ...operation, digest });
      notes.push({ ...note, action: 'asked' });
      return open ?? operation;
    },
    async use({ askedBy, digest }, note) {
      const place = operations.findIndex(
        (one) => isOpen(one) && one.state === 'APPROVED' && one.askedBy === askedBy && one.digest === digest,
      );
      if (change(place, { state: operations[place]?.kind === 'case' ? 'APPROVED' : 'USED' }) === undefined)
        return false;
      notes.push({ ...note, action: 'used' });
      return true;
    },
    async decide({ id, approve }, note) {
      const place = operations.findIndex((one) => one.id === id && one.state === 'WAITING' && isOpen(one));
      const state = approve ? 'APPROVED' : 'REJECTED';
      const decided = change(place, { state, decidedBy: note.actor, decidedAt: note.at });
      if (decided !== undefined) notes.push({ ...note, action: state.toLowerCase() });
      return decided;
    },
    expire: async () => 0,
    makerOf: async (_, credentialId) => credentialId,
    askedOn: async () => ({ fen: 0n, lastTurn: 0 }),
  };
}

function memoryTotps(): Totps {
  const rows = new Map<string, { active: string | null; offered: string | null; lastStep: number; tries: number }>();
  return {
    isActive: async (_, owner) => (rows.get(owner)?.active ?? null) !== null,
    async offer({ owner, sealed, replaces }) {
      const row = rows.get(owner) ?? { active: null, lastStep: 0, tries: 0 };
      if (row.active !== null && !replaces) return false;
      rows.set(owner, { ...row, offered: sealed });
      return true;
    },
    async takeTry(_, owner) {
      const row = rows.get(owner);
      if (row === undefined || row.tries === 5) return undefined;
      row.tries += 1;
      return row;
    },
    async useStep({ owner, step }) {
      const row = rows.get(owner);
      if (row === undefined || row.lastStep >= step) return false;
      Object.assign(row, { lastStep: step, tries: 0 });
      return true;
    },
    async activate({ owner, sealed, step }) {
      rows.set(owner, { active: sealed, offered: null, lastStep: step, tries: 0 });
      return true;
    },
  };
}
