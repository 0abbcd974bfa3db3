package localrun

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/local"
	"disputecloser/cmd/disputectl/internal/localapi"
	"disputecloser/internal/memory"
	"disputecloser/shared/dynamo"
)

// The ledgers that local can run on.
const (
	inMemory   = "memory"
	inDynamoDB = "dynamodb"
)

// endpointVariable points the AWS SDK to DynamoDB Local.
const endpointVariable = "AWS_ENDPOINT_URL_DYNAMODB"

// ledger is what local needs of a ledger.
type ledger interface {
	local.Ledger
	localapi.Ledger
}

func localLedger(ctx context.Context, console *cli.Console, r localFlags) (ledger, error) {
	switch r.ledger {
	case inMemory:
		return memory.New(), nil
	case inDynamoDB:
	default:
		return nil, cli.Fail(cli.Misused, "use --ledger memory or --ledger dynamodb", "%q is not a ledger", r.ledger)
	}
	endpoint := console.Getenv(endpointVariable)
	if endpoint == "" {
		return nil, cli.Fail(cli.Misused, "start DynamoDB Local and set "+endpointVariable+" to its address, such as http://127.0.0.1:8000",
			"%s is not set, and this command keeps away from AWS itself", endpointVariable)
	}
	if !strings.HasPrefix(endpoint, "http://") {
		return nil, cli.Fail(cli.Misused, "lead "+endpointVariable+" to DynamoDB Local, such as http://127.0.0.1:8000",
			"%s is not the http:// address of a DynamoDB Local, and this command keeps away from AWS itself", endpoint)
	}
	client, err := access.DynamoDB(ctx)
	if err != nil {
		return nil, err
	}
	if err := ensureTable(ctx, client, r.table); err != nil {
		return nil, cli.Fail(cli.Unreachable, "is DynamoDB Local running there?", "%s did not answer: %w", endpoint, err)
	}
	mark, err := dynamo.MarkOf(ctx, client, r.table)
	if err != nil {
		return nil, access.TableError(r.table, err)
	}
	return dynamo.New(client, r.table, mark), nil
}

// ensureTable creates the table if it is missing.
func ensureTable(ctx context.Context, client *dynamodb.Client, name string) error {
	_, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)})
	if missing := new(types.ResourceNotFoundException); errors.As(err, &missing) {
		return dynamo.CreateTable(ctx, client, name)
	}
	return err
}
