-- May be missing in what programs of before this write.
-- How many devices of a product there are; counted when the program starts.
ALTER TABLE product ADD COLUMN devices BIGINT;
