-- Whose turn it is to write about a rejection. Each turn raises the token; whoever holds an older one writes nothing.
create table corrigible.fence (
  rejection text not null,
  lane text not null,
  token bigint not null,
  executor text not null,
  -- The turn that somebody asked to stop. A newer one has a higher token and is not meant.
  stopped bigint,
  primary key (rejection, lane)
);

-- Advances are claimed from this table itself: the wake number is the queue.
alter table corrigible.rejection
  add column repo text not null generated always as (left(key, length(key) - strpos(reverse(key), '#'))) stored,
  -- Since when a wake is owed.
  add column since timestamptz not null default now(),
  -- The executor that has the advance at work.
  add column worker text,
  -- The world's reason for which it waits until retry_at, and the one that people were told.
  add column because text,
  add column told text;
drop index corrigible.rejection_owed;
create index rejection_owed on corrigible.rejection (since) where wake > done;
create index rejection_ready on corrigible.rejection (repo, since) where wake > done and worker is null and retry_at is null;
create index rejection_waiting on corrigible.rejection (installation, retry_at) where wake > done and worker is null;
create index rejection_due on corrigible.rejection (retry_at) where wake > done and retry_at is not null;
create index rejection_at_work on corrigible.rejection (worker) where worker is not null;
create index rejection_untold on corrigible.rejection (retry_at) where because is not null and told is distinct from because;
-- Rows change often and stay small: dead versions are to go soon.
alter table corrigible.rejection set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- What GitHub said for a whole installation, or for everything (0): until then nothing is tried but one probe at a time.
create table corrigible.gate (
  scope bigint primary key,
  until timestamptz not null,
  failures integer not null default 0,
  because text not null,
  probing_until timestamptz
);

-- Content-creating writes that were allowed, and the repositories that asked.
create table corrigible.granted (
  id bigint generated always as identity primary key,
  installation bigint not null,
  repo text not null,
  creates integer not null,
  at timestamptz not null
);
create index granted_lately on corrigible.granted (installation, at);
create table corrigible.asked (
  installation bigint not null,
  repo text not null,
  at timestamptz not null,
  -- When the last of those who were sent away may come back.
  line timestamptz not null,
  primary key (installation, repo)
);

-- Advances were workflows before. Whoever is owed one is claimed from the table now.
do $$ begin
  if to_regclass('dbos.workflow_status') is not null then
    delete from dbos.workflow_status where queue_name = 'advance' and status in ('ENQUEUED', 'PENDING');
    delete from dbos.queues where name = 'advance';
  end if;
end $$;
