// The SQL that gives each job a role of its own, for a DBA to read and to run. It may be run again at any time, and
// must be after a migration that makes a table: only then does the reader see it.

export interface RoleNames {
  /** Owns the tables and runs the migrations. */
  readonly migrator: string;
  /** What the gateway runs as: adds to history, never changes it. */
  readonly app: string;
  /** For reports and for `kassa audit`: reads all but secrets. */
  readonly reader: string;
}

/** Tables whose content opens doors. */
const SECRETS = ['settings', 'api_keys'];

/** @throws RangeError for a name that is no plain identifier */
export function rolesSql(names: RoleNames): string {
  const { migrator, app, reader } = checked(names);
  return `-- Roles for Kassa. Run as a superuser, connected to Kassa's database: psql -f roles.sql
-- Passwords are not set here: \\password ${migrator}, \\password ${app}, \\password ${reader}
-- (or leave LOGIN to client certificates, IAM or the like).
begin;

do $$ declare r text; begin
  foreach r in array array['${migrator}', '${app}', '${reader}'] loop
    if to_regrole(r) is null then execute format('create role %I login nosuperuser nocreatedb nocreaterole', r); end if;
    execute format('grant connect on database %I to %I', current_database(), r);
  end loop;
end $$;

-- The migrator owns everything: an owner alone may change a table, and switch off its triggers.
revoke create on schema public from public;
grant usage, create on schema public to ${migrator};
grant usage on schema public to ${app}, ${reader};
do $$ declare o record; begin
  for o in select c.oid::regclass as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') loop
    execute format('alter table %s owner to ${migrator}', o.name);
  end loop;
  for o in select p.oid::regprocedure as name from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname in ('refuse_change', 'chain_audit_note') loop
    execute format('alter function %s owner to ${migrator}', o.name);
  end loop;
end $$;

-- The gateway reads and writes rows, of tables to come too. It makes and drops no table.
revoke all on all tables in schema public from ${app};
grant select, insert, update, delete on all tables in schema public to ${app};
alter default privileges for role ${migrator} in schema public grant select, insert, update, delete on tables to ${app};
alter default privileges for role ${migrator} in schema public grant usage, select on sequences to ${app};
grant usage, select on all sequences in schema public to ${app};

-- History is only added to: every table with the append-only trigger, without the right to rewrite it either.
do $$ declare t regclass; begin
  for t in select distinct g.tgrelid::regclass from pg_trigger g join pg_proc p on p.oid = g.tgfoid
    where p.proname = 'refuse_change' loop
    execute format('revoke update, delete, truncate on %s from ${app}', t);
  end loop;
end $$;

-- Which migrations have run is the migrator's to say.
do $$ begin
  if to_regclass('mikro_orm_migrations') is not null then
    revoke insert, update, delete on mikro_orm_migrations from ${app};
  end if;
end $$;

-- The reader reads what is there now, but not what opens doors.
revoke all on all tables in schema public from ${reader};
grant select on all tables in schema public to ${reader};
do $$ declare t text; begin
  foreach t in array array[${SECRETS.map((table) => `'${table}'`).join(', ')}] loop
    if to_regclass(t) is not null then execute format('revoke all on %I from ${reader}', t); end if;
  end loop;
end $$;
alter role ${reader} set default_transaction_read_only = on;

commit;
`;
}

function checked(names: RoleNames): RoleNames {
  for (const name of [names.migrator, names.app, names.reader])
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name))
      throw new RangeError(`${JSON.stringify(name)} is no plain role name: a-z, 0-9 and _, up to 63 characters`);
  return names;
}
