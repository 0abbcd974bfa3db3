// Package dynamotest has what tests need around the table: a client that counts its calls.
package dynamotest

import (
	"context"
	"maps"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"disputecloser/shared/dynamo"
)

// Counter passes calls on to a client and counts them by operation. It may be used by several goroutines at once.
type Counter struct {
	client dynamo.Client

	mu    sync.Mutex
	calls map[string]int
}

// Count returns a counter in front of a client.
func Count(client dynamo.Client) *Counter {
	return &Counter{client: client, calls: map[string]int{}}
}

// Take returns how often each operation was called, and starts to count anew.
func (c *Counter) Take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := maps.Clone(c.calls)
	clear(c.calls)
	return taken
}

func (c *Counter) count(operation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[operation]++
}

// GetItem implements dynamo.Client.
func (c *Counter) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	c.count("GetItem")
	return c.client.GetItem(ctx, in, o...)
}

// UpdateItem implements dynamo.Client.
func (c *Counter) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	c.count("UpdateItem")
	return c.client.UpdateItem(ctx, in, o...)
}

// TransactWriteItems implements dynamo.Client.
func (c *Counter) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	c.count("TransactWriteItems")
	return c.client.TransactWriteItems(ctx, in, o...)
}

// Query implements dynamo.Client.
func (c *Counter) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	c.count("Query")
	return c.client.Query(ctx, in, o...)
}

// BatchGetItem implements dynamo.Client.
func (c *Counter) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	c.count("BatchGetItem")
	return c.client.BatchGetItem(ctx, in, o...)
}
