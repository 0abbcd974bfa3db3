package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// An outcome is the first word of a result's line in the book.
type outcome string

const (
	passed outcome = "passed"
	failed outcome = "failed"
	notRun outcome = "not-run" // It says nothing about the project; it is shown at the end and counts as neither.
)

// A book is the file of results, one `outcome name` a line.
type book struct{ path string }

func (b book) add(o outcome, name string) error {
	f, err := os.OpenFile(b.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("keep result: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s %s\n", o, name)
	return errors.Join(err, f.Close())
}

func (b book) names() (map[outcome][]string, error) {
	data, err := os.ReadFile(b.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read results: %w", err)
	}
	names := map[outcome][]string{}
	for line := range strings.Lines(string(data)) {
		o, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		names[outcome(o)] = append(names[outcome(o)], name)
	}
	return names, nil
}

// total prints what failed and what could not run, then only the count on the last line.
func total(b book, w io.Writer) error {
	names, err := b.names()
	if err != nil {
		return err
	}
	for _, name := range names[notRun] {
		fmt.Fprintf(w, "NOT RUN  %s\n", name)
	}
	for _, name := range names[failed] {
		fmt.Fprintf(w, "FAILED   %s\n", name)
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", len(names[passed]), len(names[failed]))
	if len(names[failed]) > 0 || len(names[passed]) == 0 {
		return fmt.Errorf("not everything passed")
	}
	return nil
}
