-- Repositories by GitHub's id. Rejections carry ledger_name for ever; name is what GitHub calls it now.
create table corrigible.repository (
  id bigint primary key,
  ledger_name text not null unique,
  -- null while another repository has taken the name and this one's new name is not known yet
  name text,
  installation bigint not null,
  -- GitHub's time of the last change of the repository itself: an older event brings no older name back.
  as_of timestamptz,
  shut_because text,
  shut_at timestamptz,
  -- When it is swept next, what a sweep costs, and how many open rejections the last one saw.
  due_at timestamptz not null default now(),
  calls integer not null default 4,
  open integer not null default 0,
  -- Entity tags and what was seen under them.
  swept json not null default '{}'
);
create unique index repository_name on corrigible.repository (lower(name));
create index repository_due on corrigible.repository (due_at) where shut_because is null;
create index repository_installation on corrigible.repository (installation);

-- Rejections that wait, without a timer, for their repository to be open again.
create table corrigible.parked (
  rejection text primary key,
  repository bigint not null references corrigible.repository (id)
);
create index parked_repository on corrigible.parked (repository);

create table corrigible.installation (
  id bigint primary key,
  account text not null,
  suspended boolean not null,
  -- When its repositories are listed next, and the pages of the last list.
  due_at timestamptz not null default now(),
  listed json not null default '[]'
);

-- What one worker of all does now and then. due_at is also the claim: it lies ahead while somebody is at it.
create table corrigible.errand (
  name text primary key,
  due_at timestamptz not null default now(),
  failures integer not null default 0,
  note json not null default '{}'
);
insert into corrigible.errand (name) values ('installations'), ('redelivery'), ('sweep');
