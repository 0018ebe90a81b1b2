import { ArrowLeft } from 'lucide-react'
import { Link } from 'react-router'

export function BackLink({ to, label }: { to: string; label: string }) {
  return <Link to={to} className="back-link"><ArrowLeft size={16} aria-hidden /> {label}</Link>
}
