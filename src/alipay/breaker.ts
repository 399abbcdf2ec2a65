// Stops calling an Alipay that cannot be reached, so that tills hear "not sent" at once instead of waiting.
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleType,
} from 'cockatiel';

export interface BreakerLimits {
  /** So many calls in a row without an answer open it. */
  readonly failures: number;
  /** After this one call is let through; its answer closes the breaker. */
  readonly halfOpenAfterMs: number;
  readonly maxConcurrent: number;
}

export interface Breaker {
  /** Runs `call` unless the breaker says no: then `refusal` answers, and nothing is sent. */
  run<Answer>(call: () => Promise<Answer>, rules: BreakerRules<Answer>): Promise<Answer>;
}

export interface BreakerRules<Answer> {
  readonly isFailure: (answer: Answer) => boolean;
  readonly refusal: (reason: string) => Answer;
}

export function openBreaker({ failures, halfOpenAfterMs, maxConcurrent }: BreakerLimits): Breaker {
  const circuit = circuitBreaker(handleType(Failure), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(failures),
  });
  const bounded = bulkhead(maxConcurrent);
  return {
    run: async (call, { isFailure, refusal }) => {
      // While one call tries, the others would wait for what it finds, as long as a timeout.
      if (circuit.state === CircuitState.HalfOpen) return refusal('Alipay cannot be reached, a call is trying');
      let failed: Awaited<ReturnType<typeof call>> | undefined;
      try {
        return await bounded.execute(() =>
          circuit.execute(async () => {
            const answer = await call();
            if (!isFailure(answer)) return answer;
            failed = answer;
            throw new Failure();
          }),
        );
      } catch (error) {
        if (error instanceof Failure && failed !== undefined) return failed;
        if (error instanceof BrokenCircuitError) return refusal('Alipay cannot be reached');
        if (error instanceof BulkheadRejectedError) return refusal('too many calls to Alipay at once');
        throw error;
      }
    },
  };
}

class Failure extends Error {}
