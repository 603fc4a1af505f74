package sandbox

// addDemo makes what a new sandbox has; see the package comment.
func (s *Server) addDemo() error {
	t, err := s.AddRecordType(RecordType{
		Name: "Customer", Plural: "Customers", Slug: "customers", IsDefault: true,
		Description: "Somebody to call, with a parameter of every type",
		Parameters: []Field{
			{ID: "company", Type: "input", Title: "Company"},
			{ID: "contact_person", Type: "string", Title: "Contact person"},
			{ID: "product", Type: "text", Title: "Product"},
			{ID: "notes", Type: "textarea", Title: "Notes"},
			{
				ID: "employees", Type: "number", Title: "Employees",
				Validation: `^\d{1,6}$`, Error: "Employees must be a whole number below one million",
			},
			{ID: "donation", Type: "decimal", Title: "Donation"},
			{ID: "newsletter", Type: "bool", Title: "Newsletter", Default: "false"},
			{ID: "birthday", Type: "date", Title: "Birthday"},
			{ID: "last_visit", Type: "date", Title: "Last visit"},
			{ID: "callback_at", Type: "datetime", Title: "Call back at"},
			{ID: "currency", Type: "currency", Title: "Currency"},
			{ID: "billing_country", Type: "country", Title: "Billing country"},
			{ID: "tier", Type: "select", Title: "Tier", Options: []Option{
				{Value: "bronze", Label: "Bronze"}, {Value: "silver", Label: "Silver"}, {Value: "gold", Label: "Gold"},
			}},
		},
	})
	if err != nil {
		return err
	}
	office := Hours{Start: "09:00", End: "17:00"}
	_, err = s.AddCampaign(Campaign{
		Name: "Demo", Description: "A campaign to try things on", Timezone: "Europe/London",
		Schedule:       map[string]Hours{"mon": office, "tue": office, "wed": office, "thu": office, "fri": office},
		RecordTypeUUID: Text(t.UUID),
	})
	return err
}
