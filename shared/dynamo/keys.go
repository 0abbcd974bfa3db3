package dynamo

import (
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

const (
	casePrefix = "dispute#"
	controlKey = "control"
	markKey    = "reconcile"
	linePrefix = "journal#"

	// shards is the number of partitions that the due index is spread over.
	shards = 8
)

// KeyOf returns the key of a dispute's case.
func KeyOf(id dispute.ID) string { return casePrefix + string(id) }

// IDOf returns the dispute whose case has this key, and false for the key of any other item.
func IDOf(key string) (dispute.ID, bool) {
	id, ok := strings.CutPrefix(key, casePrefix)
	return dispute.ID(id), ok
}

func budgetKey(day closing.Day, currency string) string {
	return "budget#" + string(day) + "#" + currency
}

// lineKey is the key of an act's line. The token is random, so that no two lines share one.
func lineKey(l closing.Line, token string) string {
	return linePrefix + formatInstant(l.At) + "#" + token
}

func shardOf(id dispute.ID) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return strconv.Itoa(int(h.Sum32() % shards))
}

func keyed(key string) attributes {
	return attributes{"pk": &types.AttributeValueMemberS{Value: key}}
}
