// Tally runs the project's checks one by one, shows how each went, and keeps count, so that a run of many
// programs ends in one true line: how many passed and how many failed.
//
//	tally check NAME -- COMMAND...   one check: passed if the command exits 0
//	tally test NAME -- go test -json ...   one count per test of the run
//	tally steps LANES STEP...   targets of make, LANES at a time; NAME=NEED,~STEP waits until NEED has passed and STEP has ended
//	tally total   every result so far; fails unless something passed and nothing failed
//
// Results are appended to the file that the variable TALLY names.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	book := book{path: os.Getenv("TALLY")}
	if book.path == "" {
		return fmt.Errorf("the variable TALLY must name the file that keeps the results")
	}
	if len(args) == 1 && args[0] == "total" {
		return total(book, os.Stdout)
	}
	if len(args) > 2 && args[0] == "steps" {
		lanes, err := strconv.Atoi(args[1])
		if err != nil || lanes < 1 {
			return fmt.Errorf("tally steps: %q is no number of lanes", args[1])
		}
		return runSteps(book, lanes, args[2:])
	}
	if len(args) < 4 || args[2] != "--" {
		return fmt.Errorf("usage: tally check|test NAME -- COMMAND..., tally steps LANES STEP..., or tally total")
	}
	switch args[0] {
	case "check":
		return check(book, args[1], args[3:], os.Stdout)
	case "test":
		return test(book, args[1], args[3:])
	}
	return fmt.Errorf("unknown verb %q", args[0])
}
