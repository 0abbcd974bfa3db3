// Package history reads past disputes out of files, in memory that does not grow with the file but for 8 bytes a record: JSON
// Lines, a JSON array, answers of WooshPay's list, and values one after another. A record is a dispute, an event about one, or
// an exported case; the file's content says which format it has.
//
// Disputes are decoded by package dispute. What cannot be read is counted and reported with its place.
package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Format is how a file holds its records.
type Format string

// The formats. Each record is a dispute, an event about one, or an exported case.
const (
	// Lines has one record on each line. A line, or a value in the other formats, that cannot be read is a Fault; only in
	// this format does reading go on after text that is not JSON.
	Lines Format = "json lines"
	// Values are objects written over several lines, one after another.
	Values Format = "json values"
	// Array is a JSON array of records.
	Array Format = "json array"
	// List is WooshPay's answer {"object":"list","data":[…]}, or several of them one after another.
	List Format = "wooshpay list"
)

// Errors of Read, wrapped with the place at which they were found.
var (
	// ErrTruncated means that the file ends in the middle of a record, or before its array or list does.
	ErrTruncated = errors.New("the file ends too early")
	// ErrFormat means that the file has no known format, or does not go on in the format that it began with.
	ErrFormat = errors.New("neither JSON Lines, nor a JSON array, nor an answer of WooshPay's list")
)

// MaxRecord is the greatest length of a record in bytes.
const MaxRecord = 1 << 20

// maxValue is the greatest length in bytes of a value that is not on its own line; a longer one ends the reading with ErrLong.
const maxValue = 4 * MaxRecord

// ErrLong means that a value is too long to be skipped.
var ErrLong = fmt.Errorf("a value is longer than %d bytes", maxValue)

// MaxFaults is how many bad records are described; the rest are counted.
const MaxFaults = 100

// Options say how a file is read. The zero Options is usable.
type Options struct {
	// Size is the file's length in bytes, 0 if unknown. It is handed to Progress as it is.
	Size int64
	// Progress, unless nil, is called now and then with the number of bytes read, by one goroutine.
	Progress func(read, size int64)
}

// Visitor takes records, one at a time.
type Visitor interface {
	// Visit may use the record until it returns.
	Visit(r *Record)
}

// Fault is a record that could not be read.
type Fault struct {
	// Line counts from 1, Byte from 0: where the record begins.
	Line   int64  `json:"line"`
	Byte   int64  `json:"byte"`
	Reason string `json:"reason"`
}

// Summary is what a file held.
type Summary struct {
	Format Format `json:"format"`
	// Bytes and Lines count what was read.
	Bytes int64 `json:"bytes"`
	Lines int64 `json:"lines"`
	// Records counts those that could be read, Cases those among them that were exported cases, and Bad those
	// that could not be read.
	Records int64 `json:"records"`
	Cases   int64 `json:"cases"`
	Bad     int64 `json:"bad"`
	// Repeated counts the records that are about the same dispute as another one, except one of each dispute. All of them
	// were visited.
	Repeated int64 `json:"repeated"`
	// Faults describes the first MaxFaults bad records, in the file's order.
	Faults []Fault `json:"faults"`
	// More means that a list's last answer said has_more: this history is not complete.
	More bool `json:"more"`
}

// Read hands each record of r to one of the visitors, which work at the same time, each in its own goroutine. A visitor
// sees its records in the file's order; Record.Byte is the order among all of them.
//
// It returns an error that wraps ErrTruncated or ErrFormat, the reader's own, or the context's, and with every
// error the summary of what was read until then.
func Read(ctx context.Context, r io.Reader, o Options, visitors ...Visitor) (Summary, error) {
	if len(visitors) == 0 {
		panic("history: Read needs a visitor")
	}
	f := newFeed(ctx, r, o, len(visitors))
	workers := make([]*worker, len(visitors))
	var running sync.WaitGroup
	for i, v := range visitors {
		workers[i] = &worker{visitor: v}
		running.Go(func() { workers[i].run(f) })
	}
	err := f.read()
	close(f.full)
	running.Wait()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		err = fmt.Errorf("read history: %w", err)
	}
	return summed(f, workers), err
}

func summed(f *feed, workers []*worker) Summary {
	s := Summary{Format: f.format, Bytes: f.source.read, Lines: f.source.lines(), More: f.more, Faults: []Fault{}}
	for _, w := range workers {
		s.Records += w.records
		s.Cases += w.cases
		s.Bad += w.bad
		s.Faults = append(s.Faults, w.faults...)
	}
	s.Repeated = repeated(workers)
	slices.SortFunc(s.Faults, func(a, b Fault) int { return cmp.Compare(a.Byte, b.Byte) })
	s.Faults = slices.Clip(s.Faults[:min(len(s.Faults), MaxFaults)])
	return s
}
