package access

import (
	"context"
	"errors"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/localapi"
	"disputecloser/shared/closing"
	"disputecloser/shared/dynamo"
)

// TableFlags adds the flags that name a table: by its stack or, on this machine, by its own name.
func TableFlags(cmd *cobra.Command, s *Site) {
	StackFlag(cmd, s)
	cmd.Flags().StringVar(&s.Table, "table", "", "in place of a stack, the `TABLE` of a local run, in a DynamoDB on this machine; the variable "+tableVariable+" if empty")
	cmd.Flags().BoolVar(&s.Local, "local", false, "in place of a stack, the local run that you started with disputectl local")
}

// tableVariable is the environment variable that names the table of a local run.
const tableVariable = "TABLE"

// tableName is DynamoDB's own rule for the names of tables.
var tableName = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,255}$`)

// Desk is an open table, and where it is.
type Desk struct {
	Ledger
	Site
	Shell Shell
	// Run is the local run that the desk is; nil for any other.
	Run *localapi.Client
}

// Open opens the table of the stack that is meant, or that of a local run.
func (e *Env) Open(ctx context.Context, s Site) (Desk, error) {
	if s.Local {
		return e.openRun(s)
	}
	s, err := e.stackOrTable(s)
	if err != nil {
		return Desk{}, err
	}
	shell, err := e.Shell(ctx)
	if err != nil {
		return Desk{}, err
	}
	if s.Table != "" && !shell.tableIsHere() {
		return Desk{}, cli.Fail(cli.Misused, "name its stack with --stack; for a local run, set AWS_ENDPOINT_URL_DYNAMODB to an address such as http://127.0.0.1:8000",
			"table %s is named, and only a table on this machine can be: DynamoDB is elsewhere", s.Table)
	}
	if s, err = e.Locate(ctx, s); err != nil {
		return Desk{}, err
	}
	l, err := e.OpenTable(ctx, s.Table)
	return Desk{Ledger: l, Site: s, Shell: shell}, err
}

// openRun opens the local run of this user. What a flag names beside it is refused, and what the environment names counts
// for nothing: a local run is never mistaken for a stack.
func (e *Env) openRun(s Site) (Desk, error) {
	for flag, value := range map[string]string{"--stack " + s.Stack: s.Stack, "--table " + s.Table: s.Table} {
		if value != "" {
			return Desk{}, cli.Fail(cli.Misused, "name one of the two", "--local and %s are both given", flag)
		}
	}
	run, err := localapi.Find(e.Getenv, e.HTTP)
	return Desk{Ledger: run, Site: s, Run: run}, err
}

// stackOrTable returns the site with the stack or the table that is meant: that of the flags or, without them, of the
// environment or of samconfig.toml.
func (e *Env) stackOrTable(s Site) (Site, error) {
	var err error
	if s.Stack == "" && s.Table == "" {
		if s.Table = e.Getenv(tableVariable); s.Table == "" || e.Getenv(StackVariable) != "" {
			s.Stack, err = e.implied()
		}
	}
	switch {
	case err != nil:
		return s, err
	case s.Stack != "" && s.Table != "":
		return s, cli.Fail(cli.Misused, "name only one of them", "stack %s and table %s are both named", s.Stack, s.Table)
	case s.Stack == "" && s.Table == "":
		return s, e.noStack()
	case s.Stack == "" && !tableName.MatchString(s.Table):
		return s, cli.Fail(cli.Misused, "name a stack with --stack", "%q is not a name of a table", s.Table)
	}
	return s, nil
}

// OpenTable reaches a table by the AWS SDK's own settings, and asks for its mark: closing is on only for that.
func OpenTable(ctx context.Context, name string) (Ledger, error) {
	client, err := DynamoDB(ctx)
	if err != nil {
		return nil, err
	}
	mark, err := dynamo.MarkOf(ctx, client, name)
	if err != nil {
		return nil, TableError(name, err)
	}
	return dynamo.New(client, name, mark), nil
}

// DynamoDB returns a client by the AWS SDK's own settings.
func DynamoDB(ctx context.Context) (*dynamodb.Client, error) {
	cfg, err := awsSettings(ctx)
	if err != nil {
		return nil, err
	}
	return dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
		if o.BaseEndpoint == nil && cfg.BaseEndpoint != nil {
			o.BaseEndpoint = aws.String(*cfg.BaseEndpoint)
		}
		dynamo.Options(o)
	}), nil
}

// awsSettings reads the AWS SDK's own settings and the credentials: an error here is clearer than the first request
// that fails.
func awsSettings(ctx context.Context) (aws.Config, error) {
	cfg, err := awsConfig(ctx)
	if err != nil {
		return aws.Config{}, err
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil && ctx.Err() == nil {
		return aws.Config{}, cli.Fail(cli.Unreachable, "log in, such as with aws sso login", "there are no usable AWS credentials: %w", err)
	}
	return cfg, ctx.Err()
}

// TableError says what a failure of the table means and what to do about it.
func TableError(table string, err error) error {
	var api smithy.APIError
	code := ""
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	switch {
	case errors.As(err, new(*cli.ExitError)):
		return err
	case errors.Is(err, context.Canceled):
		return cli.ErrInterrupted
	case code == "ResourceNotFoundException":
		return cli.Fail(cli.Unreachable, "check AWS_REGION", "there is no table %s: %w", table, err)
	case code == "AccessDeniedException":
		return cli.Fail(cli.Unreachable, "have the stack's ViewerPolicy attached", "your AWS credentials may not read table %s: %w", table, err)
	case code == "UnrecognizedClientException" || code == "InvalidClientTokenId" || code == "ExpiredTokenException":
		return cli.Fail(cli.Unreachable, "log in again, such as with aws sso login", "AWS does not accept your credentials: %w", err)
	case errors.Is(err, dynamo.ErrNewerLayout):
		return cli.Fail(cli.Unreachable, "use the disputectl of the deployed version", "table %s: %w", table, err)
	case errors.Is(err, closing.ErrUnreadable):
		return cli.Fail(cli.Unreachable, "restore its item from a backup of the table", "table %s: %w", table, err)
	default:
		return cli.Fail(cli.Unreachable, "see whether AWS answers you: aws sts get-caller-identity", "table %s did not answer: %w", table, err)
	}
}
