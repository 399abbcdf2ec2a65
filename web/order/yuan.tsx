import { grouped } from './amount.ts';

export function Yuan({ amount, small = false }: { amount: string; small?: boolean }) {
  return (
    <span class={small ? 'yuan small' : 'yuan'}>
      <span class="sign-yuan">¥</span>
      {grouped(amount)}
    </span>
  );
}
