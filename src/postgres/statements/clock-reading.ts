import type { Statement } from '../statement.ts';

export const clockReading: Statement = {
  name: 'clock-reading',
  text: 'select (extract(epoch from clock_timestamp()) * 1000)::text as ms',
};
