import type { Statement } from '../statement.ts';

export const readSetting: Statement = {
  name: 'setting-read',
  text: `select value from settings where name = $1`,
};

export const addSetting: Statement = {
  name: 'setting-add',
  text: `insert into settings (name, value) values ($1, $2) on conflict (name) do nothing`,
};

export const dropSetting: Statement = {
  name: 'setting-drop',
  text: `delete from settings where name = $1 returning name`,
};
