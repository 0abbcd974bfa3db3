// Package access reaches what a command works on: the table, the rest of AWS, and WooshPay.
package access

import (
	"context"
	"net/http"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/closing"
)

// Env is what a command works with that reaches further than this machine. A command that does not is given only the
// Console.
type Env struct {
	cli.Console
	// OpenTable reaches the ledger behind a table's name. Its errors say what to do next.
	OpenTable func(ctx context.Context, table string) (Ledger, error)
	// Shell reads the AWS settings of the person's shell. Its errors say what to do next.
	Shell func(ctx context.Context) (Shell, error)
	// Cloud reaches the rest of AWS. Its errors say what to do next.
	Cloud func(ctx context.Context) (*deployment.Cloud, error)
	// Deployer finds out who deploys, and where to. Its errors say what to do next.
	Deployer func(ctx context.Context, e Environment) (Deployer, error)
	// Execute runs a program in the working directory, with the person's own terminal.
	Execute func(ctx context.Context, program string, args ...string) error
	// HTTP reaches the webhook, and the API that people's acts are sent to.
	HTTP *http.Client
}

// Ledger is what the commands need of a table.
type Ledger interface {
	closing.Ledger
	closing.Acts
	closing.Controls
	closing.DueIndex
	closing.Journal
	closing.ReconcileStore
	// Cases lists at most limit unfinished cases by due date, from where the cursor left off.
	Cases(ctx context.Context, limit int, cursor string) (page []closing.Case, next string, err error)
}
