// Package cases holds the commands that read and work the cases in the table.
package cases

// Group is the group under which the help lists these commands.
const Group = "cases"
