-- placeholder
CREATE TABLE x(y);
