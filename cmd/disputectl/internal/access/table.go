package access

import (
	"context"
	"errors"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/dynamo"
)

// TableFlag adds the flag that names the table.
func TableFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "table", "", "the DynamoDB `TABLE`; the variable TABLE if empty")
}

// tableName is DynamoDB's own rule for the names of tables.
var tableName = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,255}$`)

// Table opens the table that the flag or the environment names, and returns its name.
func (e *Env) Table(ctx context.Context, flag string) (Ledger, string, error) {
	name := flag
	if name == "" {
		name = e.Getenv("TABLE")
	}
	if name == "" {
		return nil, "", cli.Fail(cli.Misused, "name it with --table or TABLE; it is the output Table of the stack", "no table is named")
	}
	if !tableName.MatchString(name) {
		return nil, "", cli.Fail(cli.Misused, "name it with --table or TABLE", "%q is not a name of a table", name)
	}
	l, err := e.OpenTable(ctx, name)
	return l, name, err
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
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(logging.Nop{}))
	if err != nil {
		return aws.Config{}, cli.Fail(cli.Misused, "check AWS_PROFILE and the files in ~/.aws", "the AWS settings cannot be read: %w", err)
	}
	if cfg.Region == "" {
		return aws.Config{}, cli.Fail(cli.Misused, "set AWS_REGION to the region of the deployment", "no AWS region is set")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil && ctx.Err() == nil {
		return aws.Config{}, cli.Fail(cli.Unreachable, "log in (aws sso login, aws configure), or set AWS_PROFILE", "there are no usable AWS credentials: %w", err)
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
	case errors.Is(err, context.Canceled):
		return cli.ErrInterrupted
	case code == "ResourceNotFoundException":
		return cli.Fail(cli.Unreachable, "check --table and AWS_REGION; the stack's outputs name the table", "there is no table %s: %w", table, err)
	case code == "AccessDeniedException":
		return cli.Fail(cli.Unreachable, "have the stack's OperatorPolicy attached", "your AWS credentials may not read table %s: %w", table, err)
	case code == "UnrecognizedClientException" || code == "InvalidClientTokenId" || code == "ExpiredTokenException":
		return cli.Fail(cli.Unreachable, "log in again: aws sso login, or set AWS_PROFILE", "AWS does not accept your credentials: %w", err)
	case errors.Is(err, dynamo.ErrNewerLayout):
		return cli.Fail(cli.Unreachable, "use the disputectl of the deployed version", "table %s: %w", table, err)
	case errors.Is(err, closing.ErrUnreadable):
		return cli.Fail(cli.Unreachable, "repair its item, or restore the item from a backup of the table", "table %s: %w", table, err)
	default:
		return cli.Fail(cli.Unreachable, "check AWS_REGION, your credentials (aws sts get-caller-identity) and the network", "table %s did not answer: %w", table, err)
	}
}
