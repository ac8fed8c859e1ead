#!/usr/bin/env python3
"""Checks a history of customizations, or a proof from one, by what evidence.md says and without the program that recorded it.

    check_history.py FILE [--expect HEAD|-] [--key PUB.pem] [--migrations DIR]
    check_history.py --proof PROOF [--expect HEAD|-] [--key PUB.pem]

Exit codes: 0 if all holds, 64 usage, 65 if something does not hold (one line says what), 74 if a file could not be read.
Python 3.11, its standard library, and `openssl` for signatures. FILE is only read, in one transaction, also while it is being written.
"""
import argparse, base64, hashlib, json, re, sqlite3, subprocess, sys, tempfile, unicodedata
from collections import Counter
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

UNCHECKED = 'customization, latest_answer and poll_span, which are derived from the polls'
UNREADABLE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL)
RUN, AMENDMENT, PROOF = (f'customization-history/{what}/1' for what in ('run', 'amendment', 'proof'))
RUN_COLUMNS = {    # the members of a run's record that are columns of collection_run
    'clock_offset_ms': 'clock_offset_ms', 'collector': 'collector', 'failed_polls': 'failed_polls', 'failure': 'failure',
    'finished_at': 'finished_ms', 'is_whole': 'is_whole', 'last_reported_at': 'last_reported_ms', 'listed_at': 'listed_ms',
    'outcome': 'outcome', 'polls': 'polls', 'reported_polls': 'reported_polls', 'run': 'id', 'selection': 'selection',
    'started_at': 'started_ms', 'tool_version': 'tool_version', 'vms': 'vms'}
RUN_MEMBERS = {*RUN_COLUMNS, 'endpoint', 'format', 'listing_changes', 'listing_root', 'polls_root', 'tree', 'vcenter', 'vcenter_uuid'}
EVENT_MEMBERS = {'events', 'events_root'}    # of the record of a run at the endpoint events
ATTRIBUTE_MEMBERS = {'attribute_changes', 'attributes_root'}    # only of runs that found something
ATTRIBUTES = {    # the members of what a run found a VM to be that are columns of attribute_change, naming texts
    'cluster': 'cluster_id', 'datacenter': 'datacenter_id', 'folder': 'folder_id', 'guest_os': 'guest_os_id', 'host': 'host_id',
    'tools_status': 'tools_status_id', 'tools_version': 'tools_version_id'}
AMENDMENT_MEMBERS = {'amendment', 'answers', 'at', 'baseline_root', 'before', 'by', 'format', 'from', 'into', 'last_run', 'origin', 'polls', 'root', 'runs',
                     'size', 'tool_version', 'tree'}
PRUNE_COUNTS = ('answers', 'at', 'before', 'last_run', 'polls')
POLL_MEMBERS = {'answer', 'instance_uuid', 'name', 'polled_at', 'vcenter', 'vcenter_uuid', 'vm'}
BASELINE = {    # the members of a baseline's records that are columns, by part; with the table
    'answer': ('baseline_answer', {
        'answer': 'answer_id', 'change_run': 'change_run_id', 'customization': 'customization_id', 'last_reported_at': 'last_reported_ms',
        'polled_at': 'polled_ms', 'polled_run': 'polled_run_id', 'polls': 'polls', 'since_run': 'since_run_id'}),
    'customization': ('baseline_customization', {
        'number': 'number', 'answer': 'answer_id', 'end_at': 'end_ms', 'end_first_polled_at': 'end_first_polled_ms', 'first_polled_at': 'first_polled_ms',
        'identity_basis': 'identity_basis', 'identity_value': 'identity_value', 'last_polled_at': 'last_polled_ms', 'outcome': 'outcome',
        'polls': 'polls', 'start_at': 'start_ms', 'window_at': 'window_ms'}),
    'span': ('baseline_span', {'first_run': 'first_run_id', 'last_run': 'last_run_id'})}
ANSWER_COLUMNS = 'result, is_answer, http_status, status, start_ms, end_ms, error_id, error_message, error_untranslated, raw'
TABLES = ('endpoint vcenter virtual_machine virtual_machine_name collection_run answer virtual_machine_endpoint poll_block '
          'block_position answer_change virtual_machine_listing tree seal tree_node sealed_name amendment_under_way '
          'event attribute_text attribute_change virtual_machine_source '
          'prune baseline_answer baseline_customization baseline_span').split()    # those of a baseline come last

class Fault(Exception):
    """Something does not hold."""

# Canonical records and RFC 6962 trees

def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False)

def parsed(text, what):
    """The object in a JSON text, in which no member occurs twice."""
    def once(pairs):
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)
    try:
        value = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Fault(f'{what} is not a JSON object')
    return value

def record_of(text, what, members):
    """The canonical record in a text."""
    record = parsed(text, what)
    if set(record) != members or any(type(value) not in (str, int, type(None)) for value in record.values()) or canonical(record) != text:
        raise Fault(f'{what} is not a canonical record')
    return record

def run_record_of(text, what):
    """The record of a run, which has two more members if the run found something about VMs, and two if it read events."""
    attributes, events = (f'"{what}_root":' in text for what in ('attributes', 'events'))
    return record_of(text, what, RUN_MEMBERS | (ATTRIBUTE_MEMBERS if attributes else set()) | (EVENT_MEMBERS if events else set()))

def leaf_hash(record):
    return hashlib.sha256(b'\0' + record.encode()).digest()

def node_hash(left, right):
    return hashlib.sha256(b'\1' + left + right).digest()

def tree_levels(leaves):
    """The hashes of all complete subtrees, by level and position."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = iter(levels[-1])
        levels.append([node_hash(left, right) for left, right in zip(below, below)])
    return levels

def tree_root(levels, size):
    """The root of the first so many leaves: that of the complete subtrees of which they consist, joined from the right."""
    root = None
    for level in range(size.bit_length()):
        if size >> level & 1:
            node = levels[level][(size >> level) - 1]
            root = node_hash(node, root) if root else node
    return root or hashlib.sha256().digest()

def path_root(proof, what):
    """The root to which an audit path leads from its record."""
    if not isinstance(proof, dict) or not isinstance(proof.get('record'), str) or not isinstance(proof.get('path'), list):
        raise Fault(f'the proof has no {what} with a record and a path')
    index, size = proof.get('index'), proof.get('size')
    if type(index) is not int or type(size) is not int or not 0 <= index < size:
        raise Fault(f"the proof's {what} has no position among its leaves")
    path = [decoded(text, 32, f"the path of the proof's {what}") for text in proof['path']]
    node, last = leaf_hash(proof['record']), size - 1
    while last:
        if index & 1 or index < last:
            if not path:
                raise Fault(f"the path of the proof's {what} is too short")
            node = node_hash(path.pop(0), node) if index & 1 else node_hash(node, path.pop(0))
        index, last = index >> 1, last >> 1
    if path:
        raise Fault(f"the path of the proof's {what} is too long")
    return node

def decoded(text, length, what):
    try:
        data = base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        data = b''
    if len(data) != length or base64.b64encode(data).decode() != text:
        raise Fault(f'{what} is not {length} bytes in base64')
    return data

# Heads

class Head(NamedTuple):
    origin: str
    size: int
    root: bytes
    signatures: list = []    # of (name of the key, base64)

    def __str__(self):
        return f'{self.origin} {self.size} {base64.b64encode(self.root).decode()}'

HEAD = re.compile(r'(customization-history/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})([ \n])(0|[1-9][0-9]{0,17})\2([A-Za-z0-9+/]{43}=)'
                  r'(?:\n\n((?:— \S+ \S+(?:\n|$))+))?')

def heads_in(text):
    """All heads in a text, such as a log: as three lines, signed or not, or as one line."""
    text = text.replace('\r\n', '\n')
    return [Head(m[1], int(m[3]), decoded(m[4], 32, 'the root of a head'), [tuple(line.split(' ')[1:]) for line in (m[5] or '').splitlines()])
            for m in HEAD.finditer(text)]

def check_signature(head, key):
    """A C2SP signed note: the key of this file signed the head."""
    pem = re.search(r'-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----', Path(key).read_text())
    der = base64.b64decode(pem[1]) if pem else b''
    if len(der) != 44 or der[:12].hex() != '302a300506032b6570032100':
        raise Fault(f'{key} is not a public Ed25519 key')
    identity = hashlib.sha256(head.origin.encode() + b'\n\1' + der[12:]).digest()[:4]
    signatures = [decoded(text, 68, 'a signature') for name, text in head.signatures if name == head.origin]
    signature = next((s[4:] for s in signatures if s[:4] == identity), None)
    if not signature:
        raise Fault(f'the head of {head.size} leaves is not signed with {key}')
    with tempfile.TemporaryDirectory() as directory:
        body, sig = Path(directory, 'body'), Path(directory, 'sig')
        body.write_text(str(head).replace(' ', '\n') + '\n')
        sig.write_bytes(signature)
        command = ['openssl', 'pkeyutl', '-verify', '-pubin', '-inkey', str(key), '-rawin', '-in', str(body), '-sigfile', str(sig)]
        if subprocess.run(command, capture_output=True).returncode:
            raise Fault(f'the signature of the head of {head.size} leaves does not hold')

def expected_heads(source, key):
    """The heads in the file given with --expect, each signed if there is a key."""
    data = sys.stdin.buffer.read() if source == '-' else Path(source).read_bytes()
    heads = heads_in(data.decode(errors='replace'))
    if not heads:
        print(f'check_history.py: {source} has no head of a history', file=sys.stderr)
        sys.exit(64)
    for head in heads if key else ():
        check_signature(head, key)
    return heads

# A proof

def check_proof(text, expected, key):
    proof = parsed(text, 'the proof')
    checkpoint = proof.get('checkpoint')
    heads = heads_in(checkpoint) if isinstance(checkpoint, str) else []
    if proof.get('format') != PROOF or set(proof) - {'format', 'checkpoint', 'run', 'poll'}:
        raise Fault(f'the proof is not of the format {PROOF}')
    if len(heads) != 1 or not checkpoint.startswith(str(heads[0]).replace(' ', '\n') + '\n'):
        raise Fault("the proof's checkpoint is not a head")
    head, run = heads[0], proof.get('run')
    if path_root(run, 'run') != head.root or run['size'] != head.size:
        raise Fault("the proof's run is not in the tree of its checkpoint")
    record = run_record_of(run['record'], "the proof's run")
    if record['format'] != RUN or head.origin != f"customization-history/{record['tree']}":
        raise Fault("the proof's run is not the record of a run")
    what = f"run {record['run']} of {record['vcenter']}"
    if 'poll' in proof:
        if path_root(proof['poll'], 'poll').hex() != record['polls_root'] or proof['poll']['size'] != record['polls']:
            raise Fault("the proof's poll is not in the tree of its run")
        poll = record_of(proof['poll']['record'], "the proof's poll", POLL_MEMBERS)
        what = f"the poll of {poll['vm']} in {what}"
    if expected and not any(head[:3] == other[:3] for other in expected):
        raise Fault("the proof's checkpoint is not the expected head")
    if key and not expected:
        check_signature(head, key)
    source = 'the expected head' if expected else 'the signed head' if key else 'the head that the proof itself brings along'
    return f'{what} is in the history\nhead: {head}, {source}'

# A history

class VirtualMachine:
    """A VM, and what it is called in the records of runs."""
    __slots__ = ('moid', 'json', 'vcenter', 'name', 'uuid', 'shown', 'sealed')

    def __init__(self, moid, vcenter, name, uuid, shown):
        self.moid, self.json, self.vcenter, self.name, self.uuid, self.shown = moid, canonical(moid), vcenter, name, uuid, shown
        self.sealed = {}    # by tree, of (leaf, name, instance UUID, both as members of a record)

    def seal(self, tree, leaf, name, uuid):
        rows = self.sealed.setdefault(tree, [])
        if rows and rows[-1][1:3] == (name, uuid):
            raise Fault(f'{self.moid}: leaf {leaf} names it as the leaf before does')
        rows.append((leaf, name, uuid, f'"instance_uuid":{canonical(uuid)},"name":{canonical(name)}'))

    def members(self, tree, leaf):
        """The members instance_uuid and name in the record of a run."""
        for row in reversed(self.sealed.get(tree, ())):
            if row[0] <= leaf:
                return row[3]
        raise Fault(f'{self.moid} is in leaf {leaf}, but no leaf names it by then')

class Polled:
    """A VM at one endpoint."""
    __slots__ = ('vm', 'endpoint', 'answer', 'run')

    def __init__(self, vm, endpoint):
        self.vm, self.endpoint = vm, endpoint
        self.answer = self.run = None    # the digest of the latest answer, and the latest run

class ByRun:
    """Rows in the order of runs, which are their first column."""
    def __init__(self, db, query, what, order='1'):
        self.rows, self.what = db.execute(f'{query} ORDER BY {order}'), what
        self.row = next(self.rows, None)

    def take(self, run):
        while self.row and self.row[0] <= run:
            if self.row[0] < run:
                raise Fault(f'run {self.row[0]} is gone, but {self.what} of it is there')
            yield self.row
            self.row = next(self.rows, None)

def opened(path):
    uri = Path(path).resolve(strict=True).as_uri() + '?mode=ro'
    wal = Path(str(Path(path).resolve()) + '-wal')
    for suffix in ('', '&immutable=1'):    # the second for a file where no lock can be had, such as on a CD
        db = sqlite3.connect(uri + suffix, uri=True, isolation_level=None, timeout=30)
        try:
            for pragma in ('trusted_schema=OFF', 'query_only=ON', 'cell_size_check=ON'):
                db.execute(f'PRAGMA {pragma}')
            db.execute('BEGIN')
            db.execute('SELECT count(*) FROM sqlite_schema').fetchone()
            return db
        except sqlite3.OperationalError as error:
            if suffix or error.sqlite_errorcode & 255 != sqlite3.SQLITE_CANTOPEN or wal.exists() and wal.stat().st_size:
                raise

def check_schema(db, migrations):
    tables = {row[1]: row for row in db.execute('PRAGMA table_list') if row[0] == 'main'}
    for name in TABLES:
        if name not in tables or tables[name][2] != 'table' or not tables[name][5]:
            raise Fault(f'the schema has no strict table {name}')
        if any(column[6] for column in db.execute(f'PRAGMA table_xinfo({name})')):
            raise Fault(f'the schema has a computed column in {name}')
    if not migrations:
        return
    files = sorted(Path(migrations).glob('[0-9]*.sql'))
    if not files:
        raise OSError(f'{migrations} has no migrations')
    fresh = sqlite3.connect(':memory:')
    for file in files:
        fresh.executescript(file.read_text())
    query = 'SELECT type, name, tbl_name, sql FROM sqlite_schema'
    ours, theirs = ({row[:2]: row for row in c.execute(query)} for c in (fresh, db))
    for key, row in ours.items():
        if theirs.get(key) != row:
            raise Fault(f"the schema's {key[0]} {key[1]} is {'not as the migrations create it' if key in theirs else 'missing'}")
    for kind, name in theirs.keys() - ours.keys():
        if kind == 'trigger':
            raise Fault(f'the schema has an additional trigger {name}')

class Tree:
    """A tree of the history: its own, or one of a history that was merged into it."""
    def __init__(self, row, uuid):
        self.row, self.uuid, self.leaves = row, uuid, []
        self.moves, self.includes, self.adoptions = [], [], []    # amendments, each with its leaf

    def end(self):
        self.levels = tree_levels(self.leaves)
        self.head = Head(f'customization-history/{self.uuid}', len(self.leaves), tree_root(self.levels, len(self.leaves)))

    def present_name(self, leaf, name):
        """The present name of the vCenter that was called so, and whether it was merged with another one since."""
        merged = False
        for at, kind, source, target in self.moves:
            if at > leaf:
                merged = merged or kind == 'merge' and name in (source, target) or kind == 'adopt' and name == target
                name = target if name == source and kind != 'adopt' else name
        return name, merged

class History:
    def __init__(self, db):
        self.db = db
        self.vcenters = {i: (name, uuid) for i, name, uuid in db.execute('SELECT id, name, instance_uuid FROM vcenter')}
        self.prunes = []    # amendments of the own tree, each with its leaf
        self.pruned, self.unfinished = 0, False    # the last run whose polls were removed; whether some of them may be left
        self.uuids = {}                     # the UUID of each vCenter, by its name
        self.merged = set()                 # the names of the vCenters of which the own tree sealed no run after their merge or adoption
        self.answers_got = set()
        self.runs = self.polls = 0

    def check_file(self):
        problem, = self.db.execute('PRAGMA integrity_check(1)').fetchone()
        if problem != 'ok':
            raise Fault(f'the file is damaged: {problem}')
        if self.db.execute('SELECT count(*) FROM amendment_under_way').fetchone()[0]:
            raise Fault('amendment_under_way has a row: the triggers that keep what was recorded are off')
        if [p for p, in self.db.execute('SELECT position FROM block_position ORDER BY 1')] != list(range(64)):
            raise Fault('block_position is not 0 to 63: the view poll does not show all polls')

    def check_references(self):
        for table in TABLES:
            for _, row, parent, _ in self.db.execute(f'PRAGMA foreign_key_check({table})'):
                raise Fault(f'{table}{f" row {row}" if row is not None else ""} refers to a row of {parent} that is gone')

    # The trees

    def check_trees(self):
        self.trees = {row: Tree(row, uuid) for row, uuid in self.db.execute('SELECT id, uuid FROM tree ORDER BY id')}
        if 1 not in self.trees or not all(re.fullmatch(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', tree.uuid) for tree in self.trees.values()):
            raise Fault('the history does not have a tree of its own, or one without a UUID')
        self.own, sealed_runs = self.trees[1], []
        query = '''SELECT s.tree_id, s.leaf, s.run_id, s.record, r.id FROM seal AS s LEFT JOIN collection_run AS r ON r.id = s.run_id
            ORDER BY s.tree_id, s.leaf'''
        for row, leaf, run, record, existing in self.db.execute(query):
            tree = self.trees.get(row)
            if tree is None or leaf != len(tree.leaves):
                raise Fault(f'leaf {len(tree.leaves)} of the tree {tree.uuid} is missing' if tree else f'leaf {leaf} is of a tree that is gone')
            if run is None:
                self.add_amendment(tree, leaf, record)
            elif existing is None:
                raise Fault(f'run {run} is gone, but leaf {leaf} seals it')
            else:
                sealed = run_record_of(record, f'leaf {leaf}, of run {run},')
                if tree is self.own:
                    self.uuids[sealed['vcenter']] = sealed['vcenter_uuid']
                    self.merged.discard(sealed['vcenter'])
                    sealed_runs.append((leaf, sealed['vcenter']))
            tree.leaves.append(leaf_hash(record))
        for tree in self.trees.values():
            tree.end()
            self.check_nodes(tree)
        self.check_includes()
        self.adopted = Counter(self.own.present_name(leaf, into)[0] for leaf, _, _, into in self.own.adoptions)
        self.first_leaves = {}    # of the own tree's runs, by the present name of their vCenter
        for leaf, name in sealed_runs:
            self.first_leaves.setdefault(self.own.present_name(leaf, name)[0], leaf)

    def add_amendment(self, tree, leaf, text):
        record = record_of(text, f'leaf {leaf}', AMENDMENT_MEMBERS)
        kind, names, origin = record['amendment'], (record['from'], record['into']), record['origin']
        if record['format'] != AMENDMENT or record['tree'] != tree.uuid:
            raise Fault(f'leaf {leaf} is not an amendment of the history {tree.uuid}')
        if kind == 'prune' and all(type(record[member]) is int for member in PRUNE_COUNTS):
            return self.prunes.append((leaf, record)) if tree is self.own else None
        if kind == 'include' and isinstance(origin, str) and type(record['size']) is int and isinstance(record['root'], str):
            return tree.includes.append((leaf, origin, record['size'], record['root']))
        if kind not in ('identify', 'rename', 'merge', 'adopt') or not all(isinstance(name, str) for name in names):
            raise Fault(f'leaf {leaf} is an amendment of an unknown kind')
        if kind != 'identify':
            tree.moves.append((leaf, kind, *names))
        if kind == 'adopt':
            tree.adoptions.append((leaf, origin, *names))
        if tree is self.own:
            self.follow(kind, *names)

    def follow(self, kind, source, target):
        """What an amendment makes of the vCenters' names and UUIDs."""
        if kind == 'identify':
            self.uuids[source] = target
        elif kind == 'adopt':
            self.uuids.setdefault(target, None)
            self.merged.add(target)
        else:
            uuids = [self.uuids.pop(name, None) for name in (source, target)]
            self.uuids[target] = uuids[1] or uuids[0]
            if kind == 'merge' or source in self.merged:
                self.merged = self.merged - {source} | {target}

    def check_nodes(self, tree):
        expected = ((n, position, node) for n, level in enumerate(tree.levels) for position, node in enumerate(level))
        found = self.db.execute('SELECT level, position, hash FROM tree_node WHERE tree_id = ? ORDER BY 1, 2', (tree.row,))
        for node, row in zip_longest(expected, found):
            if node != row:
                level, position, _ = min(filter(None, (node, row)))
                what = '' if tree is self.own else f' of the merged history {tree.uuid}'
                raise Fault(f'leaf {position}{what} was altered or removed, or its hash' if (node or row)[0] == 0 and node else
                            f'the hash of level {level}, position {position} of the tree{what} was altered, removed or added')

    def check_includes(self):
        trees = {tree.uuid: tree for tree in self.trees.values()}
        for tree in trees.values():
            for leaf, origin, size, root in tree.includes:
                included = trees.get(origin)
                if not included or not 0 <= size <= included.head.size or tree_root(included.levels, size).hex() != root:
                    raise Fault(f'the merged history {origin} is not the one that leaf {leaf} included, or is gone')
        for tree in trees.values():
            sizes = [size for _, origin, size, _ in self.own.includes if origin == tree.uuid]
            if tree is not self.own and sizes[-1:] != [tree.head.size]:
                raise Fault(f'the merged history {tree.uuid} was added, or has more leaves than were merged')

    def check_expected(self, heads):
        trees = {tree.head.origin: tree for tree in self.trees.values()}
        known = [head for head in heads if head.origin in trees]    # a log may have heads of several histories
        if heads and not known:
            raise Fault(f'the expected head is of another history, {heads[0].origin}')
        for head in known:
            tree = trees[head.origin]
            if head.size > tree.head.size:
                raise Fault(f'the expected head has {head.size} leaves, the history only {tree.head.size}')
            if tree_root(tree.levels, head.size) != head.root:
                raise Fault(f'the first {head.size} leaves are not those of the expected head')
        return len(known)

    # Answers and VMs

    def load_answers(self):
        self.digests = {}    # by row of answer, in hexadecimal
        for row, sha256, *values in self.db.execute(f'SELECT id, sha256, {ANSWER_COLUMNS} FROM answer'):
            if self.digest(values) != sha256:
                raise Fault(f'{self.who_got(row)} was altered')
            self.digests[row] = sha256.hex()

    @staticmethod
    def digest(values):
        digest = hashlib.sha256()
        for value in values:
            if value is None:
                digest.update(b'\0')
            elif isinstance(value, int):
                digest.update(b'\1' + value.to_bytes(8, 'little', signed=True))
            else:
                data = value.encode() if isinstance(value, str) else bytes(value)
                digest.update(b'\1' + len(data).to_bytes(8, 'little') + data)
        return digest.digest()

    def who_got(self, answer):
        first = self.db.execute('''SELECT r.id, c.name, v.moid FROM answer_change AS a JOIN collection_run AS r ON r.id = a.run_id
            JOIN vcenter AS c ON c.id = r.vcenter_id JOIN virtual_machine_endpoint AS m ON m.id = a.virtual_machine_endpoint_id
            JOIN virtual_machine AS v ON v.id = m.vm_id WHERE a.answer_id = ? ORDER BY r.id LIMIT 1''', (answer,)).fetchone()
        return 'run {} of {}: the answer of {}'.format(*first) if first else f'answer {answer}, which no poll got,'

    def load_machines(self):
        rows = self.db.execute('SELECT id, moid, vcenter_id, name, instance_uuid, shown_name FROM virtual_machine')
        self.machines = {row[0]: VirtualMachine(*row[1:]) for row in rows}
        rows = self.db.execute('SELECT id, vm_id, endpoint_id FROM virtual_machine_endpoint')
        self.polled = {i: Polled(self.machines[vm], endpoint) for i, vm, endpoint in rows}
        self.named = {}    # by tree and leaf
        query = '''SELECT n.vm_id, n.tree_id, n.leaf, n.name, n.instance_uuid, r.vcenter_id FROM sealed_name AS n
            LEFT JOIN seal AS s ON s.tree_id = n.tree_id AND s.leaf = n.leaf LEFT JOIN collection_run AS r ON r.id = s.run_id ORDER BY 1, 2, 3'''
        for row, tree, leaf, name, uuid, vcenter in self.db.execute(query):
            vm = self.machines[row]
            if vcenter != vm.vcenter:
                raise Fault(f'{vm.moid}: leaf {leaf}, which names it, is not a run of its vCenter')
            vm.seal(tree, leaf, name, uuid)
            self.named.setdefault((tree, leaf), []).append(vm)

    def check_names(self):
        under_way = {vcenter for vcenter, in self.db.execute("SELECT vcenter_id FROM collection_run WHERE outcome = 'running'")}
        names = {}
        listed = set(self.db.execute('SELECT vcenter_id, listed_ms FROM collection_run WHERE listed_ms IS NOT NULL'))
        listed |= set(self.db.execute('SELECT vcenter_id, started_ms FROM collection_run WHERE events > 0'))
        for vm, name, shown, seen in self.db.execute('SELECT vm_id, name, shown_name, first_seen_ms FROM virtual_machine_name'):
            if self.machines[vm].vcenter not in under_way and (self.machines[vm].vcenter, seen) not in listed:
                raise Fault(f'{self.machines[vm].moid}: no list of VMs was complete, and no events were read, when its name {name} is said to have been seen')
            if shown != shown_name(name):
                raise Fault(f'{self.machines[vm].moid}: the name {name} is shown as {shown}')
            names.setdefault(vm, set()).add(name)
        for row, vm in self.machines.items():
            known, sealed = names.get(row, set()), {s[1] for rows in vm.sealed.values() for s in rows}
            who = f'{vm.moid} of {self.vcenters[vm.vcenter][0]}'
            if vm.shown != shown_name(vm.name):
                raise Fault(f'{who}: the name {vm.name} is shown as {vm.shown}')
            if sealed - known - {vm.moid}:
                raise Fault(f'{who}: its name {min(sealed - known - {vm.moid})} was removed')
            if vm.vcenter in under_way:
                continue
            if known - sealed:
                raise Fault(f'{who}: its name {min(known - sealed)} is in no sealed record')
            own = vm.sealed.get(1)
            if self.vcenters[vm.vcenter][0] not in self.merged:
                if not own or own[-1][1:3] != (vm.name, vm.uuid):
                    raise Fault(f'{who}: its name {vm.name} or its instance UUID is not that of the latest sealed record')
            elif vm.name not in sealed or vm.uuid not in {s[2] for rows in vm.sealed.values() for s in rows}:
                raise Fault(f'{who}: its name {vm.name} or its instance UUID is in no sealed record')
        for name, uuid in self.vcenters.values():
            if uuid != self.uuids.get(name, uuid):
                raise Fault(f'{name}: its instance UUID is not the one that was sealed')

    # Prunes

    def check_prunes(self):
        rows = self.db.execute('SELECT id, leaf, last_run_id, is_complete FROM prune ORDER BY id').fetchall()
        recorded = [row for row in rows if row[1] is not None]
        if [row[:3] for row in recorded] != [(n, leaf, record['last_run']) for n, (leaf, record) in enumerate(self.prunes, 1)]:
            raise Fault('the list of prunes is not that of their records')
        if any(row != (len(recorded) + 1, None, None, 0) for row in rows if row[1] is None):
            raise Fault('a prune has no record')
        self.unfinished = not all(row[3] for row in recorded)
        last = 0
        for leaf, record in self.prunes:
            polls, late = self.db.execute("""SELECT ifnull(sum(r.polls) FILTER (WHERE r.id > ?1), 0),
                count(*) FILTER (WHERE s.leaf IS NULL OR s.tree_id = 1 AND s.leaf > ?2 OR r.started_ms >= ?3)
                FROM collection_run AS r LEFT JOIN seal AS s ON s.run_id = r.id WHERE r.id <= ?4""",
                (last, leaf, record['before'], record['last_run'])).fetchone()
            if polls != record['polls'] or late or record['last_run'] <= last:
                raise Fault(f'leaf {leaf} does not say what was pruned')
            last = record['last_run']
        self.pruned = last
        number = len(self.prunes)
        for table, _ in BASELINE.values():
            if len(rows) == len(recorded) and not self.unfinished and self.db.execute(f'SELECT 1 FROM {table} WHERE prune_id <> ?', (number,)).fetchone():
                raise Fault(f'{table} has rows of no prune')
        if number:
            self.check_baseline(number, last)
            if root_of(self.baseline(number, last)) != self.prunes[-1][1]['baseline_root']:
                raise Fault(f'what the pruned polls, of runs up to {last}, came to was altered')

    def check_baseline(self, number, last):
        """Each VM that was polled has its last change of an answer up to that run, and no other."""
        kept = {}
        for row, run, answer in self.db.execute('SELECT virtual_machine_endpoint_id, run_id, answer_id FROM answer_change WHERE run_id <= ? ORDER BY 1, 2', (last,)):
            if row in kept and not self.unfinished:
                raise Fault(f'{self.polled[row].vm.moid} has an answer of a pruned poll that nothing uses')
            kept[row] = (run, answer)
        sources = dict((row[0], row[1:]) for row in self.db.execute('SELECT id, vcenter_id, endpoint_id FROM collection_run WHERE id <= ?', (last,)))
        known = {}
        for row, *change, polled in self.db.execute("""SELECT virtual_machine_endpoint_id, change_run_id, answer_id, polled_run_id FROM baseline_answer
                WHERE prune_id = ?""", (number,)):
            known[row] = tuple(change)
            if sources.get(polled) != (self.polled[row].vm.vcenter, self.polled[row].endpoint):
                raise Fault(f'{self.polled[row].vm.moid} was polled by run {polled}, which is of another vCenter or endpoint')
        if known != kept:
            raise Fault(f'{self.polled[min(dict(known.items() ^ kept.items()))].vm.moid}: the answer to its last pruned poll was altered')
        for table in TABLES[-2:]:
            for row, in self.db.execute(f'SELECT virtual_machine_endpoint_id FROM {table} WHERE prune_id = ?', (number,)):
                if row not in known:
                    raise Fault(f'{self.polled[row].vm.moid} has a row in {table}, but was never polled')
        for table in ('baseline_answer', 'baseline_customization'):
            self.answers_got.update(row for row, in self.db.execute(f'SELECT answer_id FROM {table} WHERE prune_id = ?', (number,)))

    def baseline(self, number, last):
        """The records of the tree over the baseline."""
        names = dict(self.db.execute('SELECT id, name FROM endpoint'))
        seals = {row: seal for row, *seal in self.db.execute('''SELECT b.virtual_machine_endpoint_id, s.tree_id, s.leaf FROM baseline_answer AS b
            JOIN seal AS s ON s.run_id = b.polled_run_id WHERE b.prune_id = ?''', (number,))}
        def machine(row, record):
            polled = self.polled[row]
            return canonical(record | json.loads(f'{{{polled.vm.members(*seals.get(row, (None, 0)))}}}') | {'endpoint': names[polled.endpoint], 'vm': polled.vm.moid})
        for run, regular, sequence in self.db.execute('SELECT id, is_regular, sequence FROM collection_run WHERE id <= ? ORDER BY id', (last,)):
            yield canonical({'part': 'run', 'run': run, 'is_regular': regular, 'sequence': sequence})
        for part, (table, columns) in BASELINE.items():
            query = f'SELECT virtual_machine_endpoint_id, {", ".join(columns.values())} FROM {table} WHERE prune_id = ? ORDER BY 1, {"first_run_id" if part == "span" else 2}'
            for row, *values in self.db.execute(query, (number,)):
                record = dict(zip(columns, values))
                if 'answer' in record:
                    record['answer'] = self.digests[record['answer']]
                yield machine(row, record | {'part': part})

    # Runs

    def check_runs(self):
        self.numbers = {}    # the latest number that a tree seals, by tree and vCenter
        self.changes = ByRun(self.db, 'SELECT run_id, virtual_machine_endpoint_id, answer_id FROM answer_change', 'an answer')
        self.blocks = ByRun(self.db, 'SELECT run_id, block, first_ms, digits, offsets FROM poll_block', 'a poll')
        listing = 'virtual_machine_endpoint_id, gone_run_id FROM virtual_machine_listing'
        self.listed = ByRun(self.db, f'SELECT first_run_id, {listing}', 'a listing')
        self.gone = ByRun(self.db, f'SELECT gone_run_id, {listing} WHERE gone_run_id IS NOT NULL', 'a listing')
        self.events = ByRun(self.db, "SELECT run_id, virtual_machine_endpoint_id, event_key, generation, answer_id FROM event", 'an event', 'run_id, id')
        self.texts = dict(self.db.execute('SELECT id, text FROM attribute_text'))
        self.attributes = ByRun(self.db, f"SELECT run_id, vm_id, is_template, {', '.join(ATTRIBUTES.values())} FROM attribute_change", 'what a VM is')
        self.sources = ByRun(self.db, 'SELECT run_id, vm_id, event_key, created_ms, source_id FROM virtual_machine_source', 'from what a VM was made')
        columns = ', '.join(f'r.{column} AS {member}' for member, column in RUN_COLUMNS.items())
        cursor = self.db.cursor()
        cursor.row_factory = sqlite3.Row
        for row in cursor.execute(f'''SELECT {columns}, r.events, r.vcenter_id, r.endpoint_id, e.name AS endpoint, s.tree_id, s.leaf, s.record
                FROM collection_run AS r JOIN endpoint AS e ON e.id = r.endpoint_id LEFT JOIN seal AS s ON s.run_id = r.id ORDER BY r.id'''):
            run = dict(row)
            try:
                self.check_run(run)
            except Fault as fault:
                raise Fault(f"run {run['run']} of {self.vcenters[run['vcenter_id']][0]}: {fault}") from None
            self.runs += 1
        for rest in (self.changes, self.blocks, self.listed, self.gone, self.events, self.attributes, self.sources):
            list(rest.take(1 << 64))
        for answer in () if self.unfinished else self.digests.keys() - self.answers_got:
            raise Fault(f'answer {answer} belongs to no poll or event')

    def check_run(self, run):
        leaf = run['leaf']
        if (leaf is None) != (run['outcome'] == 'running'):
            raise Fault('it has ended but is not sealed' if leaf is None else f'it has not ended, but leaf {leaf} seals it')
        sealed = run_record_of(run['record'], f'leaf {leaf}') if run['record'] is not None else None
        tree = self.trees[run['tree_id'] or 1]
        pruned = run['run'] <= self.pruned
        changed = self.apply_answers(run, pruned)
        if pruned and any(self.blocks.take(run['run'])) and not self.unfinished:
            raise Fault('it has polls, though they were pruned')
        polls, changes, found = [] if pruned else self.run_polls(run, sealed), self.run_changes(run), self.run_findings(run)
        for polled in changed:
            if polled.run != run['run'] and not pruned:
                raise Fault(f'{polled.vm.moid} has an answer in it, but no poll')
        self.polls += len(polls)
        if len(polls) != run['polls'] and not pruned:
            raise Fault(f"it has {len(polls)} polls, not {run['polls']}")
        events = self.run_events(run, sealed)
        if len(events) != run['events']:
            raise Fault(f"it has {len(events)} events, not {run['events']}")
        if not sealed:
            return
        name, merged = self.present_name(tree, leaf, sealed['vcenter'])
        self.check_vcenter(run, sealed, name, merged)
        self.check_place(run, sealed, tree, merged)
        expected = {member: run[member] for member in (*RUN_COLUMNS, 'endpoint', 'events')}
        expected.update(format=RUN, run=sealed['run'], tree=tree.uuid, polls_root=root_of(polls), events_root=root_of(events), listing_changes=len(changes), listing_root=root_of(sorted(changes, key=change_order)))
        if found:
            expected.update(attribute_changes=len(found), attributes_root=root_of(found))
        if ('events_root' in sealed) != (run['endpoint'] == 'events' or run['events'] > 0):
            raise Fault('its events were added' if events else 'its events were removed')
        if bool(found) != ('attributes_root' in sealed):
            raise Fault('what it found about VMs was added' if found else 'what it found about VMs was removed')
        excused = {'vcenter', 'vcenter_uuid', *(('listing_changes', 'listing_root') if merged else ()),
                   *(('polls_root',) if pruned else ())}
        for member in sorted(set(sealed) - excused):
            if type(expected[member]) is not type(sealed[member]) or expected[member] != sealed[member]:
                raise Fault({
                    'polls_root': 'a poll or its answer was altered, or what a polled VM was called',
                    'events_root': 'an event was altered',
                    'listing_changes': f"its list of VMs shows {expected[member]} changes, not {sealed[member]}",
                    'attribute_changes': f"it found {expected.get('attribute_changes')} things about VMs, not {sealed.get('attribute_changes')}",
                    'attributes_root': 'what it found about a VM was altered, or what such a VM was called',
                    'listing_root': 'a change of its list of VMs was altered, or what such a VM was called',
                }.get(member, f'{member} is {expected[member]}, but {sealed[member]} was sealed'))

    def present_name(self, tree, leaf, name):
        """The present name of the vCenter that was called so, and whether its VMs or runs were joined with others' since."""
        there, was_merged = tree.present_name(leaf, name)
        if tree is self.own:
            return there, was_merged
        adoption = next((a for a in reversed(self.own.adoptions) if a[1:3] == (tree.uuid, there)), None)
        if not adoption:
            raise Fault(f'its vCenter {there} was not adopted from the history {tree.uuid}')
        here, merged = self.own.present_name(adoption[0], adoption[3])
        is_shared = self.adopted[here] > 1 or self.first_leaves.get(here, adoption[0]) < adoption[0]
        return here, was_merged or merged or is_shared

    def check_place(self, run, sealed, tree, merged):
        """The runs of a tree on a vCenter are in the order of their numbers, which the own tree's keep unless others came between."""
        key = tree.row, run['vcenter_id']
        moved = len(self.trees) > 1 and any(move[1] == 'merge' for move in self.own.moves + tree.moves)
        if sealed['run'] <= self.numbers.get(key, 0) and not moved or tree is self.own and not merged and sealed['run'] != run['run']:
            raise Fault(f"it was run {sealed['run']} when it was sealed")
        self.numbers[key] = max(sealed['run'], self.numbers.get(key, 0))

    def check_vcenter(self, run, sealed, name, merged):
        present, uuid = self.vcenters[run['vcenter_id']]
        if name != present:
            raise Fault(f'it was at {name}')
        if not merged and sealed['vcenter_uuid'] not in (None, uuid):
            raise Fault(f"vcenter_uuid is {uuid}, but {sealed['vcenter_uuid']} was sealed")

    def apply_answers(self, run, pruned):
        """Makes what it changed the latest answers, and returns of which VMs."""
        changed = []
        for _, row, answer in self.changes.take(run['run']):
            polled = self.polled[row]
            if polled.answer == self.digests[answer] and not pruned:
                raise Fault(f'{polled.vm.moid} has an answer in it that is not a change')
            polled.answer = self.digests[answer]
            self.answers_got.add(answer)
            changed.append(polled)
        return changed

    def run_polls(self, run, sealed):
        """The hashes of its polls' records, in the order of the tree; only their number counts if it is not sealed."""
        number, tree, leaf, source, polls = run['run'], run['tree_id'], run['leaf'], (run['vcenter_id'], run['endpoint_id']), []
        tail = f'"vcenter":{canonical(sealed["vcenter"])},"vcenter_uuid":{canonical(sealed["vcenter_uuid"])},"vm":' if sealed else ''
        for _, block, first, digits, offsets in self.blocks.take(number):
            if len(offsets) % digits or len(offsets) > 64 * digits or not offsets.isascii():
                raise Fault(f'block {block} of its polls is damaged')
            for position in range(len(offsets) // digits):
                offset = offsets[position * digits:(position + 1) * digits]
                if not offset.isdigit():
                    if offset.strip(' '):
                        raise Fault(f'block {block} of its polls is damaged')
                    continue
                polled = self.polled.get(64 * block + position)
                if polled is None or (polled.vm.vcenter, polled.endpoint) != source:
                    raise Fault(f'{polled.vm.moid if polled else "a VM that is gone"} has a poll in it, but is of another vCenter or endpoint')
                if polled.run == number:
                    raise Fault(f'{polled.vm.moid} has two polls in it')
                if polled.answer is None:
                    raise Fault(f'{polled.vm.moid} has a poll in it, but no answer')
                polled.run, vm, record = number, polled.vm, ''
                if sealed:
                    record = f'{{"answer":"{polled.answer}",{vm.members(tree, leaf)},"polled_at":{first + int(offset)},{tail}{vm.json}}}'
                polls.append((vm.moid, record))
        polls.sort()
        return [leaf_hash(record) for _, record in polls]

    def run_events(self, run, sealed):
        """The records of its events, in the order in which they were read; only their number counts if it is not sealed."""
        records = []
        for _, row, key, generation, answer in self.events.take(run['run']):
            polled = self.polled[row] if row is not None else None
            if polled and (polled.vm.vcenter, polled.endpoint) != (run['vcenter_id'], run['endpoint_id']):
                raise Fault(f'{polled.vm.moid} has an event in it, but is of another vCenter or endpoint')
            self.answers_got.add(answer)
            records.append(canonical({
                'answer': self.digests[answer], 'event_key': key, 'generation': generation, 'vm': polled.vm.moid if polled else None,
                'vcenter': sealed and sealed['vcenter'], 'vcenter_uuid': sealed and sealed['vcenter_uuid']}))
        return records

    def run_changes(self, run):
        """The records of the changes of the list of VMs, unless the run is not sealed."""
        changes = [('named', vm) for vm in self.named.get((run['tree_id'], run['leaf']), ())]
        for what, rows in (('listed', self.listed), ('gone', self.gone)):
            for number, row, gone in rows.take(run['run']):
                polled = self.polled[row]
                if polled.vm.vcenter != run['vcenter_id'] or what == 'listed' and polled.endpoint != run['endpoint_id']:
                    raise Fault(f'{polled.vm.moid} is of another vCenter or endpoint, but is {what} in it')
                if what == 'gone' or gone != number:
                    changes.append((what, polled.vm))
        if run['leaf'] is None:
            return []
        return [f'{{"change":"{what}",{vm.members(run["tree_id"], run["leaf"])},"vm":{vm.json}}}' for what, vm in changes]

    def run_findings(self, run):
        """The records of what it found about VMs, unless the run is not sealed."""
        found = []
        for what, rows in (('attributes', self.attributes), ('source', self.sources)):
            records = []
            for _, row, *values in rows.take(run['run']):
                vm = self.machines.get(row)
                if vm is None or vm.vcenter != run['vcenter_id']:
                    raise Fault(f'{vm.moid if vm else "a VM that is gone"} is of another vCenter, but something was found about it')
                if run['leaf'] is None:
                    continue
                if what == 'source':
                    record = {'event_key': values[0], 'created_at': values[1], 'source': self.texts[values[2]]}
                else:
                    record = {'is_template': values[0]} | {m: t if t is None else self.texts[t] for m, t in zip(ATTRIBUTES, values[1:])}
                record |= json.loads(f'{{{vm.members(run["tree_id"], run["leaf"])}}}') | {'change': what, 'vm': vm.moid}
                records.append((vm.moid, record['instance_uuid'] or '', canonical(record)))
            found += [record for _, _, record in sorted(records)]
        return found

def change_order(record):
    change = json.loads(record)    # code points sort as the bytes of UTF-8 do
    return change['change'], change['vm'], change['instance_uuid'] or '', change['name']

def root_of(records):
    hashes = [record if isinstance(record, bytes) else leaf_hash(record) for record in records]
    return tree_root(tree_levels(hashes), len(hashes)).hex()

def shown_name(name):
    plain = re.sub('%(25|2f|5c)', lambda m: chr(int(m[1], 16)), name, flags=re.IGNORECASE)
    return unicodedata.normalize('NFC', plain)

def instant(milliseconds):
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')

def check_history(path, expected, migrations):
    db = opened(path)
    check_schema(db, migrations)
    history = History(db)
    history.check_file()
    history.check_trees()
    count = history.check_expected(expected)
    history.check_references()
    history.load_answers()
    history.load_machines()
    history.check_prunes()
    history.check_runs()
    history.check_names()
    return '\n'.join([
        f'{path} is as it was recorded: {history.runs} runs with {history.polls} polls, {history.own.head.size} seals',
        *(f"polls before {instant(r['before'])} were pruned by {r['by']} on {instant(r['at'])}: {r['polls']} polls of runs up to {r['last_run']}, which cannot be checked"
          for _, r in history.prunes),
        f'head: {history.own.head}' + (f", which agrees with {count} expected head{'s' if count > 1 else ''}" if count else ''),
        *(f'merged history: {tree.head}' for tree in history.trees.values() if tree is not history.own),
        f"not checked: {UNCHECKED}{'' if migrations else '; the schema, which needs --migrations'}"])

# The command line

class Arguments(argparse.ArgumentParser):
    def error(self, message):
        self.exit(64, f'{self.format_usage()}{self.prog}: {message}\n')

def arguments():
    parser = Arguments(description='Checks a history of customizations, or a proof from one, by docs/evidence.md.')
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument('file', nargs='?', metavar='FILE', help='the history')
    what.add_argument('--proof', metavar='PROOF', help='a proof that `history prove` wrote, instead')
    parser.add_argument('--expect', metavar='HEAD', help='a head that was kept elsewhere, or a log with several; - reads standard input')
    parser.add_argument('--key', metavar='PUB.pem', help='the public Ed25519 key that must have signed the head')
    parser.add_argument('--migrations', metavar='DIR', help='compare the schema with that of these .sql files')
    options = parser.parse_args()
    if options.proof and options.migrations:
        parser.error('--migrations is for a history')
    if options.key and not options.expect and not options.proof:
        parser.error('--key is for --expect or --proof')
    return options

def printable(text):
    """One line that a terminal takes as text, whatever is in the file."""
    return ''.join(c if c.isprintable() else ascii(c)[1:-1] for c in text)

def main():
    options = arguments()
    sys.stdout.reconfigure(encoding='utf-8', errors='backslashreplace')
    try:
        expected = expected_heads(options.expect, options.key) if options.expect else []
        if options.proof:
            report = check_proof(Path(options.proof).read_text('utf-8'), expected, options.key)
        else:
            report = check_history(options.file, expected, options.migrations)
        print('\n'.join(printable(line) for line in report.split('\n')))
        return 0
    except OSError as error:
        print(f'check_history.py: {error}', file=sys.stderr)
        return 74
    except Fault as fault:
        problem = str(fault)
    except sqlite3.Error as error:
        if getattr(error, 'sqlite_errorcode', 0) & 255 in UNREADABLE:
            print(f'check_history.py: {options.file}: {error}', file=sys.stderr)
            return 74
        problem = f'the file is damaged: {error}'
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError) as error:
        problem = f"the {'proof' if options.proof else 'file'} is damaged: {type(error).__name__}: {error}"
    print(printable(problem))
    return 65

if __name__ == '__main__':
    sys.exit(main())
