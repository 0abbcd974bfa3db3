// Package system holds the commands about the system as a whole.
package system

// Group is the group under which the help lists these commands.
const Group = "system"
