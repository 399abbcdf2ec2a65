import { useCallback, useState } from 'preact/hooks';
import { type Problem, problemOf, refused } from '../api/answer.ts';
import { openCases, resolveCase } from '../api/desk-documents.ts';
import type { Gateway } from '../api/gateway.ts';
import type { CaseDecision } from '../gql/graphql.ts';
import { useLooks } from '../page/use-looks.ts';
import type { CaseView } from './case-decisions.ts';

const LOOK_EVERY_MS = 10_000;
const MOST_LISTED = 50;

export interface Resolution {
  readonly caseId: string;
  readonly decision: CaseDecision;
  readonly note: string | undefined;
}

export interface Cases {
  /** Open ones, newest first. */
  readonly open: readonly CaseView[];
  readonly more: boolean;
  /** The last look failed: the list may be old. */
  readonly stale: boolean;
  /** Answers what went wrong, if anything. */
  readonly resolve: (resolution: Resolution) => Promise<Problem | undefined>;
}

/** The open cases, looked at again while the page is visible. */
export function useCases(gateway: Gateway): Cases {
  const [held, setHeld] = useState<Omit<Cases, 'resolve'>>({ open: [], more: false, stale: false });
  const read = useCallback(async () => {
    const { data } = await gateway.client.query(openCases, { first: MOST_LISTED }).toPromise();
    if (data === undefined) return setHeld((before) => ({ ...before, stale: true }));
    const { edges, pageInfo } = data.cases;
    setHeld({ open: edges.map(({ node }) => node), more: pageInfo.hasNextPage, stale: false });
  }, [gateway]);
  useLooks(read, LOOK_EVERY_MS);
  const resolve = useCallback(
    async (resolution: Resolution) => {
      const problem = await askToResolve(gateway, resolution);
      await read();
      return problem;
    },
    [gateway, read],
  );
  return { ...held, resolve };
}

async function askToResolve({ client }: Gateway, { caseId, decision, note }: Resolution): Promise<Problem | undefined> {
  const asked = { caseId, decision, ...(note === undefined ? {} : { note }) };
  const { data, error } = await client.mutation(resolveCase, asked).toPromise();
  const answer = data?.resolveCase;
  if (answer === undefined) return problemOf(error);
  return answer.__typename === 'Case' ? undefined : refused(answer);
}
