-- What versions do not hash is under seals, so that nothing turns unseen from unknown into known to be none: what a snapshot failed to
-- read, its times and counters, what checks found, whose cluster it is. A seal is a hash of 16 bytes for each table that it covers
-- (src/store/seal.ts says which); those of snapshots that are here already are written with this migration.
ALTER TABLE _snapshot ADD COLUMN seal BLOB;
ALTER TABLE _snapshot ADD COLUMN runs_seal BLOB; -- of its check runs, which come later
ALTER TABLE _cluster ADD COLUMN seal BLOB; -- of the cluster, the collections, and the seals of all snapshots
