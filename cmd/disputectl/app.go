package main

import (
	"context"
	"io"
	"net/http"
	"time"

	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/closing"
)

// app is what every command works with. Tests start one with a clock, an environment and a ledger of their own.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	getenv         func(string) string
	// interrupted is closed by Ctrl-C; a command line sets it when it begins.
	interrupted <-chan struct{}
	// dir is what relative file names are relative to; the process's own directory if empty.
	dir string
	// open reaches the ledger behind a table's name. Its errors say what to do next.
	open func(ctx context.Context, table string) (ledger, error)
	// identity returns the AWS identity of who runs the command, or errNoIdentity.
	identity func(ctx context.Context) (arn string, err error)
	// terminal tells whether a person is at the other end of the input.
	terminal func(io.Reader) bool
	// cloud reaches the rest of AWS, and web the webhook. Errors of cloud say what to do next.
	cloud func(ctx context.Context) (*deployment.Cloud, error)
	web   *http.Client
}

// ledger is what the commands need of a table.
type ledger interface {
	closing.Ledger
	closing.Desk
	closing.Agenda
	closing.Books
	// Cases lists at most limit unfinished cases by due date, from where the cursor left off.
	Cases(ctx context.Context, limit int, cursor string) (page []closing.Case, next string, err error)
}
