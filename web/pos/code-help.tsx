import { isDone, isInDoubt, type Stage, showsCode } from '../order/stage.ts';
import { useText } from '../text/language.tsx';
import { problemText } from '../text/problem-text.ts';
import type { Charge } from './use-charge.ts';
import type { Code } from './use-code.ts';

interface CodeHelpProps {
  readonly code: Code;
  readonly charge: Charge;
  readonly stage: Stage;
}

/** What is wrong with a code, and the button that may help. */
export function CodeHelp({ code, charge, stage }: CodeHelpProps) {
  const text = useText();
  const problem = charge.problem ?? code.problem;
  // The card itself says why there is nothing to scan.
  const said = problem === undefined || (stage === 'preparing' && (charge.byCode || code.stuck));
  const offers = offersCode(stage, problem !== undefined) && charge.charging === undefined;
  const onClick = () => {
    charge.leave();
    void code.ask();
  };
  return (
    <>
      {!said && !isDone(stage) && (
        <p class="problem" role="alert">
          {problemText(text, problem, charge.problem === undefined ? text.noAnswer : text.scan.noAnswer)}
        </p>
      )}
      {offers && (
        <button type="button" class="second" disabled={code.asking} onClick={onClick}>
          {text.till[labelFor(stage, charge.byCode)]}
        </button>
      )}
    </>
  );
}

function offersCode(stage: Stage, isWrong: boolean): boolean {
  if (stage === 'ran_out' || stage === 'failed' || stage === 'declined' || stage === 'unknown' || stage === 'at_alipay')
    return true;
  return isWrong && !(isDone(stage) || showsCode(stage) || isInDoubt(stage));
}

function labelFor(stage: Stage, byCode: boolean): 'newCode' | 'showCode' | 'tryAgain' {
  if (stage === 'ran_out') return 'newCode';
  return byCode || stage === 'declined' || stage === 'at_alipay' ? 'showCode' : 'tryAgain';
}
