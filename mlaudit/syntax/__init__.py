"""Documents become trees and names."""
