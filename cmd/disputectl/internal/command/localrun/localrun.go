// Package localrun holds the commands that run on this machine only.
package localrun

// Group is the group under which the help lists these commands.
const Group = "local"
