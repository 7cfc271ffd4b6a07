-- Outputs of steps and reports of suites, sealed with a key of their repository's own, which lies with the keys of the
-- rejections under the repository's name. All of it can be made again: it is neither moved nor checked, and goes with
-- whatever is forgotten in its repository.
create table corrigible.result (
  id bigint generated always as identity primary key,
  repo text not null,
  -- A keyed hash of what the outputs have in common: tree, command, tools.
  place bytea not null,
  sealed bytea not null,
  used_at timestamptz not null default now()
);
alter table corrigible.result alter column sealed set storage external;
create index result_place on corrigible.result (repo, place, id);
create index result_age on corrigible.result (used_at);
