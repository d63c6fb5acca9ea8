#!/usr/bin/env node
'use strict';
/* oxlint-disable unicorn/prefer-node-protocol -- old Nodes do not know it. */
// Every Node parses this file, however old, so that an old one can say what is missing.

var childProcess = require('child_process');
var fs = require('fs');
var nodeModule = require('module');
var path = require('path');
var nodes = require('./find-node.cjs');

/** The pipe of `carillon mcp` also runs on the Node that an MCP client brings along. */
var PIPE_NODE_MAJOR_MIN = 20;

var packageFolder = path.join(__dirname, '..');
var args = process.argv.slice(2);

start();

function start() {
  var sources = path.join(packageFolder, 'src', 'cli');
  var isCheckout = fs.existsSync(path.join(sources, 'main.ts'));
  var bundles = path.join(packageFolder, 'dist');
  var major = Number(process.versions.node.split('.')[0]);
  var isRecent = nodes.isRecent(process.versions.node);
  if (typeof nodeModule.enableCompileCache === 'function') nodeModule.enableCompileCache();

  if (isPipe() && (isCheckout ? isRecent : major >= PIPE_NODE_MAJOR_MIN)) {
    require(isCheckout ? path.join(sources, 'pipe.ts') : path.join(bundles, 'pipe.cjs')).runPipe(
      args,
    );
  } else if (isRecent) {
    require(isCheckout ? path.join(sources, 'main.ts') : path.join(bundles, 'cli.js')).runCli(args);
  } else {
    startOnRecentNode();
  }
}

/** Whether this is the thin pipe, and not its help or everything in one process. */
function isPipe() {
  // Everything after the name of an older system is that system's own, its help too.
  if (args[0] === 'as') return args.length > 1 && args[1].charAt(0) !== '-';
  return args[0] === 'mcp' && !has('--standalone') && !has('--help') && !has('-h');
}

function has(flag) {
  return args.indexOf(flag) >= 0;
}

function startOnRecentNode() {
  var node = nodes.findNode(packageFolder, process.env);
  if (node === undefined) {
    process.stderr.write(nodes.nodeMissing() + '\n');
    process.exitCode = 1;
    return;
  }
  var child = childProcess.spawn(node, process.execArgv.concat([__filename], args), {
    stdio: 'inherit',
    windowsHide: true,
  });
  ['SIGTERM', 'SIGINT', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('error', function (error) {
    process.stderr.write('Carillon could not start ' + node + ': ' + error.message + '\n');
    process.exitCode = 1;
  });
  child.on('exit', function (code) {
    process.exitCode = code === null ? 1 : code;
  });
}
