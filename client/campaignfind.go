package client

import "context"

// Find gives the one campaign of this exact name or UUID.
func (s *CampaignsService) Find(ctx context.Context, nameOrUUID string) (Campaign, error) {
	return s.Get(ctx, nameOrUUID)
}
