"""Reads the public views of a history by four programs that others wrote, and prints the types that each got.

Input: {"database": path, "sqlite3": path, "views": [name], "duckdb": script}. Output: {reader: {view: {column: [type]}}}, in SQLite's words;
of DuckDB, the declared type of each column instead of the types of its values.
"""

import importlib.resources
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse

import duckdb

NAMES = {int: "INTEGER", float: "REAL", str: "TEXT", bytes: "BLOB", dict: "BLOB", type(None): "NULL"}
DUCKDB_NAMES = {"BIGINT": "INTEGER", "DOUBLE": "REAL", "VARCHAR": "TEXT"}


def types(rows):
    found = {}
    for row in rows:
        for column, value in row.items():
            found.setdefault(column, set()).add(NAMES[type(value)])
    return {column: sorted(names) for column, names in found.items()}


def by_python(order, view):
    connection = sqlite3.connect("file:%s?mode=ro" % urllib.parse.quote(order["database"]), uri=True)
    connection.row_factory = sqlite3.Row
    return types([dict(row) for row in connection.execute(f"SELECT * FROM {view}")])


def by_shell(order, view):
    output = subprocess.run(
        [order["sqlite3"], "-readonly", "-json", order["database"], f"SELECT * FROM {view}"],
        check=True, capture_output=True, text=True).stdout
    return types(json.loads(output))


def by_datasette(order, view):
    database = pathlib.Path(order["database"])
    output = subprocess.run(
        [sys.executable, "-m", "datasette", str(database), "--get", f"/{database.stem}/{view}.json?_shape=array&_size=max"],
        check=True, capture_output=True, text=True).stdout
    return types(json.loads(output))


def duckdb_connection(order, directory):
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    packaged = importlib.resources.files("duckdb_extension_sqlite") / "extensions" / f"v{duckdb.__version__}" / "sqlite.duckdb_extension"
    # DuckDB takes the name of the function to call from the file's name; its own server delivers it under this one.
    extension = pathlib.Path(directory) / "sqlite_scanner.duckdb_extension"
    shutil.copyfile(str(packaged), extension)
    connection.execute(f"LOAD '{extension}'")
    connection.execute(f"ATTACH '{order['database']}' AS history (TYPE sqlite, READ_ONLY)")
    connection.execute(order["duckdb"])
    return connection


def main():
    order = json.load(open(sys.argv[1], encoding="utf-8"))
    readers = {"sqlite3": by_shell, "Python": by_python, "Datasette": by_datasette}
    found = {name: {view: read(order, view) for view in order["views"]} for name, read in readers.items()}
    with tempfile.TemporaryDirectory() as directory:
        connection = duckdb_connection(order, directory)
        found["DuckDB"] = {}
        for view in order["views"]:
            rows = connection.execute(f"SELECT * FROM {view}")
            declared = {column[0]: [DUCKDB_NAMES.get(str(column[1]), str(column[1]))] for column in rows.description}
            count = len(rows.fetchall())
            expected = sqlite3.connect(order["database"]).execute(f"SELECT count(*) FROM {view}").fetchone()[0]
            assert count == expected, f"{view}: DuckDB read {count} of {expected} rows"
            found["DuckDB"][view] = declared
    json.dump(found, sys.stdout)


main()
