// Package cli is the command line of campsync: a file for each command, the
// settings that flags, environment and campsync.yaml make together, and the
// one place where errors become text and exit codes.
//
// A command is a struct of options, a constructor that binds them to flags,
// and a run method. By the time it runs, every flag has its value, whether it
// came from the command line, from CAMPSYNC_<FLAG> or from a campsync.yaml, in
// this order of precedence (see settings.go); the command cannot tell and need
// not care.
//
// # Streams
//
// The result goes to stdout and nothing else does; progress, notices, logs and
// errors go to stderr.
//
// # The token
//
// It is read from CAMPSYNC_TOKEN or from a file that nobody else may read, is
// handed to the client, and goes nowhere else (see token.go).
//
// # Interrupts
//
// The first SIGINT or SIGTERM asks the command to take no new work, the second
// to stop at once (see interrupt.go).
package cli
