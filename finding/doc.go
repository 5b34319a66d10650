// Package finding is the model of judgement: severities, findings, assessments, the matrix,
// the gate and the report, and the report's versioned JSON. It holds no rule and no text for people
// beyond the words of its enumerations.
package finding
