import { start } from '../page/start.tsx';
import { SignIn } from './sign-in.tsx';
import { Till } from './till.tsx';
import { useSession } from './use-session.ts';
import '../style/order.css';
import '../style/desk.css';
import '../style/till.css';
import '../style/today.css';
import '../style/cases.css';
import '../style/narrow.css';

function TillPage() {
  const { session, signIn, signOut } = useSession();
  switch (session.kind) {
    case 'loading':
      return null;
    case 'signed_out':
      return <SignIn ended={session.ended} onKey={signIn} />;
    case 'signed_in':
      return (
        <Till apiKey={session.apiKey} automatic={session.automatic} sandbox={session.sandbox} onSignOut={signOut} />
      );
  }
}

start(<TillPage />);
