-- A body is kept for moments only: compressing it costs more than it saves.
alter table corrigible.delivery alter column payload set storage external;
